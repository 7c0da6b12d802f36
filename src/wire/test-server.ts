import type { AddressInfo } from "node:net";
import { systemClock, type Clock } from "../base/clock.ts";
import { randomIds } from "../base/ids.ts";
import { silentLogger, type Logger } from "../base/log.ts";
import { allowAll, type Authorizer } from "../identity/authorization.ts";
import { rootPrincipal } from "../identity/principal.ts";
import type { Authenticator } from "../identity/authenticator.ts";
import { SignatureAuthenticator } from "../identity/signature-authenticator.ts";
import type { CallObserver } from "./calls.ts";
import { createFrontDoor, type Mount } from "./front-door.ts";
import { createHttpServer } from "./http-server.ts";
import type { ServiceDefinition } from "./service.ts";
import type { Throttle } from "./throttle.ts";

/** The one key that a test server knows. */
export const TEST_KEY = {
  accessKeyId: "AKIATESTTESTTESTTEST",
  secretAccessKey: "0123456789012345678901234567890123456789",
};
export const TEST_ACCOUNT = "123456789012";

export interface TestServer {
  endpoint: string;
  port: number;
  /** For SDK clients. */
  client: { endpoint: string; region: string; credentials: typeof TEST_KEY; maxAttempts: number };
  close(): Promise<void>;
}

export interface TestServerOptions {
  authenticator?: Authenticator;
  /** Allows everything unless told. */
  authorizer?: Authorizer;
  observer?: CallObserver;
  throttle?: Throttle;
  mounts?: Mount[];
  log?: Logger;
  clock?: Clock;
}

/** A front door on a free port of the loopback interface, for tests. */
export async function startTestServer(
  services: ServiceDefinition[],
  {
    authenticator,
    authorizer = allowAll,
    observer,
    throttle,
    mounts = [],
    log = silentLogger,
    clock = systemClock,
  }: TestServerOptions = {},
): Promise<TestServer> {
  const key = { ...TEST_KEY, principal: rootPrincipal(TEST_ACCOUNT, TEST_KEY.accessKeyId) };
  const signatures = new SignatureAuthenticator((id) => (id === key.accessKeyId ? key : undefined), clock);
  const listener = createFrontDoor({
    services,
    authenticator: authenticator ?? signatures,
    authorizer,
    home: { account: TEST_ACCOUNT, region: "eu-west-1" },
    ...(observer ? { observer } : {}),
    ...(throttle ? { throttle } : {}),
    mounts,
    log,
    clock,
    ids: randomIds,
  });
  const server = createHttpServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const endpoint = `http://127.0.0.1:${port}`;
  return {
    endpoint,
    port,
    client: { endpoint, region: "eu-west-1", credentials: TEST_KEY, maxAttempts: 1 },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
