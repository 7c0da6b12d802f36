import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { systemClock } from "../../src/base/clock.ts";
import { randomIds } from "../../src/base/ids.ts";
import { createLogger } from "../../src/base/log.ts";
import { allowAll } from "../../src/identity/authorization.ts";
import { OpenAuthenticator } from "../../src/identity/open-authenticator.ts";
import { registryHandler } from "../../src/registry/http/handler.ts";
import { Registry } from "../../src/registry/registry.ts";
import { ecrService } from "../../src/services/ecr/service.ts";
import { sqliteDialect } from "../../src/store/sqlite.ts";
import { Store } from "../../src/store/store.ts";
import { createFrontDoor } from "../../src/wire/front-door.ts";

export const SCOPE = { account: "000000000000", region: "us-east-1" };

export interface RegistryEngine {
  registry: Registry;
  port: number;
  /** `http://localhost:PORT` */
  url: string;
  stop(): Promise<void>;
}

/** The registry and the ECR API on a free port of 127.0.0.1; API calls need no true key, `auth` is the registry's. */
export async function startRegistryEngine(folder: string, auth = true, clock = systemClock): Promise<RegistryEngine> {
  const log = createLogger("warn");
  const store = new Store(sqliteDialect(join(folder, "state.db")), log);
  const registry = new Registry({ store, folder: join(folder, "registry"), clock, ids: randomIds, log });
  await store.open();
  await registry.start();
  const handle = registryHandler(registry, { auth, defaultScope: SCOPE, log });
  const listener = createFrontDoor({
    services: [ecrService({ registry })],
    authenticator: new OpenAuthenticator(SCOPE),
    authorizer: allowAll,
    home: SCOPE,
    mounts: [{ prefix: "/v2/", handle }],
    log,
    clock,
    ids: randomIds,
  });
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const stop = async () => {
    server.close();
    server.closeAllConnections();
    await registry.stop();
    await store.close();
  };
  return { registry, port, url: `http://localhost:${port}`, stop };
}

// As a program, for tests that kill it: prints its port.
if (import.meta.main) {
  const engine = await startRegistryEngine(process.argv[2]!, false);
  console.log(engine.port);
}
