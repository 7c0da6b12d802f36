import type { ActionCheck } from "../identity/authorization.ts";
import type { AuthorizationContext, AuthorizationRule, AuthorizationRules } from "./authorization.ts";
import { AwsJsonWire } from "./aws-json.ts";
import { AwsQueryWire } from "./aws-query.ts";
import type { Bounds } from "./bounds.ts";
import { Ec2QueryWire } from "./ec2-query.ts";
import type { AnyHandler, Handlers } from "./handlers.ts";
import { ServiceModel } from "./model.ts";
import type { Protocol } from "./protocol.ts";
import type { RestDialect } from "./rest-dialect.ts";
import { RestJsonWire } from "./rest-json.ts";
import { RestRoutes } from "./rest-route.ts";
import { RestXmlWire } from "./rest-xml.ts";
import { RpcV2CborWire } from "./rpc-v2-cbor.ts";
import type { RequestBuckets } from "./throttle.ts";
import { coralWording, ec2Wording, type ViolationWording } from "./violation-wording.ts";
import type { Wire } from "./wire.ts";

/** What routing must know of a service before anything of it is loaded. */
export interface ServiceStatics {
  /** As in the AWS CLI: `ec2`. */
  name: string;
  /** The service of the credential scope. */
  signingName: string;
  protocols: Protocol[];
  /** What stands before the operation in `X-Amz-Target`, and the service of CBOR paths. */
  targetPrefix?: string;
  /** What some clients write there instead. */
  targetAliases?: readonly string[];
  /** The API version, such as `2016-11-15`. */
  version: string;
  xmlNamespace?: string;
  /** Whether errors carry `x-amzn-query-error` for clients of the service's former query protocol. */
  queryCompatible?: boolean;
  /** The error code of violated bounds and missing members. EC2's protocol has its own codes. */
  validationErrorCode: string;
  /** How violations are worded: as most services do, or as EC2 does for its protocol, unless told. */
  violationWording?: ViolationWording;
  /** What a REST service does in its own way. */
  dialect?: RestDialect;
  /** The operations that may be called without a signature: by anybody, as far as their rules go. */
  unsigned?: "all" | readonly string[];
  /** How many requests AWS allows; as many as come unless told. */
  throttling?: RequestBuckets;
}

export interface ServiceOptions<Sdk> extends ServiceStatics {
  /** `() => import("@aws-sdk/client-ec2")`: called by the first request. */
  sdk: () => Promise<Sdk>;
  /** The generated bounds: called by the first request. */
  bounds: () => Promise<Bounds>;
}

/** A service whose model is in memory. */
export interface LoadedService {
  model: ServiceModel;
  /** Empty unless the service speaks a REST protocol. */
  routes: RestRoutes;
}

/** A service of the front door. */
export interface ServiceDefinition {
  readonly statics: ServiceStatics;
  readonly handlers: ReadonlyMap<string, AnyHandler>;
  readonly wires: Readonly<Partial<Record<Protocol, Wire>>>;
  readonly violationWording: ViolationWording;
  /** The operations that have a rule of their own. */
  readonly ruled: ReadonlySet<string>;
  /**
   * What a caller of an operation must be allowed to do.
   * @throws AwsError where a service answers a request for something that is not there before it looks at rights
   */
  requirements(operation: string, input: unknown, context: AuthorizationContext): Promise<readonly ActionCheck[]>;
  /** Loads the SDK module and bounds, once. */
  load(): Promise<LoadedService>;
}

/**
 * Binds the built operations of a service to its model:
 * `defineService<typeof import("@aws-sdk/client-ec2")>({…}, { DescribeVpcs: describeVpcs(ec2), … }, ec2Rules(ec2))`.
 * @param rules an operation without one needs `SIGNINGNAME:Operation` on `*`
 */
export function defineService<Sdk extends object>(
  options: ServiceOptions<Sdk>,
  handlers: Handlers<Sdk>,
  rules: AuthorizationRules<Sdk> = {},
): ServiceDefinition {
  const { sdk, bounds, ...statics } = options;
  let loading: Promise<LoadedService> | undefined;
  const load = async (): Promise<LoadedService> => {
    const model = new ServiceModel(...(await Promise.all([sdk(), bounds()])));
    return { model, routes: new RestRoutes(speaksRest(statics) ? model : undefined) };
  };
  const ruleOf = new Map(Object.entries(rules) as [string, AnyRule][]);
  return {
    statics,
    ruled: new Set(ruleOf.keys()),
    requirements: async (operation, input, context) =>
      (await ruleOf.get(operation)?.(input, context)) ?? [
        { action: `${statics.signingName}:${operation}`, resources: [{ arn: "*" }] },
      ],
    handlers: new Map(Object.entries(handlers) as [string, AnyHandler][]),
    wires: Object.fromEntries(statics.protocols.map((protocol) => [protocol, makeWire(protocol, statics)])),
    violationWording: statics.violationWording ?? (statics.protocols.includes("ec2Query") ? ec2Wording : coralWording),
    load: () =>
      (loading ??= load().catch((cause: unknown) => {
        loading = undefined; // the next request tries again
        throw cause;
      })),
  };
}

/** A rule whose types are no longer known. */
type AnyRule = AuthorizationRule<unknown>;

function speaksRest({ protocols }: ServiceStatics): boolean {
  return protocols.includes("restJson1") || protocols.includes("restXml");
}

function makeWire(protocol: Protocol, { xmlNamespace = "", queryCompatible = false, dialect }: ServiceStatics): Wire {
  if (dialect) return dialect.wire;
  switch (protocol) {
    case "awsJson1_0":
      return new AwsJsonWire("1.0", queryCompatible);
    case "awsJson1_1":
      return new AwsJsonWire("1.1", queryCompatible);
    case "rpcv2Cbor":
      return new RpcV2CborWire(queryCompatible);
    case "awsQuery":
      return new AwsQueryWire(xmlNamespace);
    case "ec2Query":
      return new Ec2QueryWire(xmlNamespace);
    case "restJson1":
      return new RestJsonWire();
    case "restXml":
      return new RestXmlWire(xmlNamespace);
  }
}
