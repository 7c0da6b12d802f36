import type { Bounds } from "../../src/wire/bounds.ts";
import type { Handlers } from "../../src/wire/handlers.ts";
import { ServiceModel } from "../../src/wire/model.ts";
import type { Protocol } from "../../src/wire/protocol.ts";
import type { RestDialect } from "../../src/wire/rest-dialect.ts";
import { defineService, type ServiceDefinition } from "../../src/wire/service.ts";
import type { Target } from "./malformed/requests.ts";

/** Requests without a signature are told apart by it. */
export const IDLE_VERSIONS = { awsQuery: "2026-01-01", ec2Query: "2026-02-02" };

export interface IdleOptions {
  protocol: Protocol;
  signingName: string;
  sdk: object;
  bounds: Bounds;
  dialect?: RestDialect;
}

/** A service that does nothing, and says so to whatever it is asked. */
export function idleService(options: IdleOptions): { service: ServiceDefinition; target: Target } {
  const { protocol, signingName, sdk, bounds, dialect } = options;
  const model = new ServiceModel(sdk, bounds);
  const version = protocol === "ec2Query" ? IDLE_VERSIONS.ec2Query : IDLE_VERSIONS.awsQuery;
  const statics = { signingName, version, targetPrefix: `Idle${protocol}` };
  const handlers = Object.fromEntries(model.operationNames.map((name) => [name, async () => ({})]));
  const service = defineService<object>(
    {
      ...statics,
      name: protocol,
      protocols: [protocol],
      validationErrorCode: "InvalidParameterException",
      xmlNamespace: "urn:x",
      ...(dialect ? { dialect } : {}),
      sdk: async () => sdk,
      bounds: async () => bounds,
    },
    handlers as Handlers<object>,
  );
  return { service, target: { ...statics, model, operations: model.operationNames } };
}
