import { systemClock } from "../../base/clock.ts";
import { emptyDirectory } from "../../identity/empty-directory.ts";
import { Sessions } from "../../identity/sessions.ts";
import type { ServiceDefinition } from "../../wire/service.ts";
import { stsService } from "./service.ts";
import { Sts, type StsOptions } from "./sts.ts";
import { ProviderKeys } from "./web-identity/provider-keys.ts";

/** STS of an engine without users and roles, for tests. */
export function testSts(options: Partial<StsOptions> = {}): ServiceDefinition {
  return stsService(
    new Sts({
      sessions: new Sessions(Buffer.alloc(32, 1)),
      identities: { ...emptyDirectory, managedPolicyExists: async () => false, oidcProvider: async () => undefined },
      providerKeys: new ProviderKeys(async () => undefined, systemClock),
      rootKey: () => ({ accessKeyId: "AKIAROOT", account: "000000000000" }),
      checked: true,
      clock: systemClock,
      ...options,
    }),
  );
}
