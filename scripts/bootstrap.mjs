// `npm start` and `npm test` on a machine that has nothing: installs what is missing, then goes on with the right Node.
// Plain JavaScript with no dependency, for any Node from 18 on.
import { existsSync } from "node:fs";
import { become, findNode, ROOT } from "../bin/node24.mjs";
import { installNpmPackages } from "./bootstrap/npm-packages.mjs";
import { installSystemPackages } from "./bootstrap/system-packages.mjs";
import { requireKernel, requireRoot } from "./bootstrap/host.mjs";
import { Unmet } from "./bootstrap/unmet.mjs";

/** What can be asked for. `needs`: the packages by purpose; without it, whatever runs needs neither root nor packages. */
const TARGETS = {
  start: { program: "src/cli/main.ts", args: ["demo"], needs: ["run"] },
  test: { program: "scripts/test.ts", args: [], needs: ["run", "test"] },
  machine: { program: "scripts/virtual-machine.ts", args: [], needs: ["run", "test", "machine"] },
  check: { program: "scripts/test.ts", args: ["--check"] },
  unit: { program: "scripts/test.ts", args: ["--project", "unit", "--project", "roundtrip"] },
};

const [targetName, ...args] = process.argv.slice(2);
const target = TARGETS[targetName];
try {
  if (!target) throw new Unmet(`usage: node scripts/bootstrap.mjs ${Object.keys(TARGETS).join("|")} [arguments]`);
  // The API alone, without containers, needs nothing of the host either.
  const simulated = args.join(" ").includes("--compute simulated") || process.env.NEARGATE_COMPUTE === "simulated";
  const needs = simulated ? undefined : target.needs;
  if (needs) {
    requireKernel();
    installSystemPackages(needs);
    requireRoot(targetName);
  }
  installNpmPackages();
  const node = findNode();
  if (!node || !existsSync(ROOT + target.program))
    throw new Unmet(
      `there is no Node.js 24 for this machine (${process.platform} ${process.arch}): Neargate runs on Linux x64 and arm64`,
    );
  become(node, [ROOT + target.program, ...target.args, ...args]);
} catch (error) {
  if (!(error instanceof Unmet)) throw error;
  console.error(`neargate: ${error.message}`);
  process.exit(1);
}
