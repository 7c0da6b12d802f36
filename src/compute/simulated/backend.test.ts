import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../base/clock.ts";
import { registerBackendSuite } from "../backend-suite.ts";
import { SimulatedBackend } from "./backend.ts";

registerBackendSuite("simulated", async () => {
  const dataFolder = mkdtempSync(join(tmpdir(), "neargate-simulated-"));
  return {
    open: () => new SimulatedBackend({ config: { dataFolder, simulatedScript: undefined }, clock: systemClock }),
    imageReference: (tag) => `registry.test/suite:${tag}`,
    networkNamespace: "/proc/self/ns/net",
    dispose: async () => rmSync(dataFolder, { recursive: true }),
  };
});
