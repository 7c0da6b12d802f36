import type { RequestContext } from "../../wire/context.ts";
import type { Handlers } from "../../wire/handlers.ts";
import { defineService, type ServiceDefinition } from "../../wire/service.ts";
import { connectionsHandlers } from "./areas/connections.ts";
import { routingHandlers } from "./areas/routing.ts";
import { securityGroupsHandlers } from "./areas/security-groups.ts";
import { volumesHandlers } from "./areas/volumes.ts";
import { vpcsHandlers } from "./areas/vpcs.ts";
import { ec2Rules } from "./authorization.ts";
import type { Ec2 } from "./ec2.ts";
import { dryRunOperation } from "./errors.ts";
import { ec2RequestBuckets } from "./throttling.ts";

type Sdk = typeof import("@aws-sdk/client-ec2");

/** Amazon EC2: VPCs and what tasks need of them. */
export function ec2Service(ec2: Ec2): ServiceDefinition {
  return defineService<Sdk>(
    {
      name: "ec2",
      signingName: "ec2",
      protocols: ["ec2Query"],
      version: "2016-11-15",
      xmlNamespace: "http://ec2.amazonaws.com/doc/2016-11-15",
      validationErrorCode: "InvalidParameterValue",
      throttling: ec2RequestBuckets,
      sdk: () => import("@aws-sdk/client-ec2"),
      bounds: async () => (await import("../../../generated/bounds/ec2.json", { with: { type: "json" } })).default,
    },
    dryRunnable({
      ...vpcsHandlers(ec2),
      ...routingHandlers(ec2),
      ...securityGroupsHandlers(ec2),
      ...connectionsHandlers(ec2),
      ...volumesHandlers(ec2),
    }),
    ec2Rules(ec2),
  );
}

/** Every operation of EC2 can be tried without effect. */
function dryRunnable(handlers: Handlers<Sdk>): Handlers<Sdk> {
  const wrapped = Object.entries(handlers).map(([operation, handler]) => {
    const run = handler as (input: { DryRun?: boolean }, context: RequestContext) => Promise<unknown>;
    const tried = async (input: { DryRun?: boolean }, context: RequestContext) => {
      if (input.DryRun) throw dryRunOperation();
      return await run(input, context);
    };
    return [operation, tried];
  });
  return Object.fromEntries(wrapped) as Handlers<Sdk>;
}
