import type { Handlers } from "../../../wire/handlers.ts";
import type { Ec2 } from "../ec2.ts";
import { describeInternetGateways } from "../operations/describe-internet-gateways.ts";
import { describeRouteTables } from "../operations/describe-route-tables.ts";

/** Route tables, gateways, elastic addresses and network ACLs. */
export function routingHandlers(ec2: Ec2): Handlers<typeof import("@aws-sdk/client-ec2")> {
  return {
    DescribeInternetGateways: describeInternetGateways(ec2),
    DescribeRouteTables: describeRouteTables(ec2),
  };
}
