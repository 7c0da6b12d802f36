import type { RequestContext } from "../../wire/context.ts";
import { defineService, type ServiceDefinition } from "../../wire/service.ts";
import type { Ec2 } from "./ec2.ts";
import { dryRunOperation } from "./errors.ts";
import { authorizeSecurityGroupEgress } from "./operations/authorize-security-group-egress.ts";
import { authorizeSecurityGroupIngress } from "./operations/authorize-security-group-ingress.ts";
import { createSecurityGroup } from "./operations/create-security-group.ts";
import { createTags } from "./operations/create-tags.ts";
import { deleteSecurityGroup } from "./operations/delete-security-group.ts";
import { deleteTags } from "./operations/delete-tags.ts";
import { describeAccountAttributes } from "./operations/describe-account-attributes.ts";
import { describeAvailabilityZones } from "./operations/describe-availability-zones.ts";
import { describeInternetGateways } from "./operations/describe-internet-gateways.ts";
import { describeNetworkInterfaces } from "./operations/describe-network-interfaces.ts";
import { describeRegions } from "./operations/describe-regions.ts";
import { describeRouteTables } from "./operations/describe-route-tables.ts";
import { describeSecurityGroupRules } from "./operations/describe-security-group-rules.ts";
import { describeSecurityGroups } from "./operations/describe-security-groups.ts";
import { describeSubnets } from "./operations/describe-subnets.ts";
import { describeTags } from "./operations/describe-tags.ts";
import { describeVpcs } from "./operations/describe-vpcs.ts";
import { revokeSecurityGroupEgress } from "./operations/revoke-security-group-egress.ts";
import { revokeSecurityGroupIngress } from "./operations/revoke-security-group-ingress.ts";

/** Amazon EC2: VPCs and what tasks need of them. */
export function ec2Service(ec2: Ec2): ServiceDefinition {
  return defineService<typeof import("@aws-sdk/client-ec2")>(
    {
      name: "ec2",
      signingName: "ec2",
      protocols: ["ec2Query"],
      version: "2016-11-15",
      xmlNamespace: "http://ec2.amazonaws.com/doc/2016-11-15",
      validationErrorCode: "InvalidParameterValue",
      sdk: () => import("@aws-sdk/client-ec2"),
      bounds: async () => (await import("../../../generated/bounds/ec2.json", { with: { type: "json" } })).default,
    },
    {
      AuthorizeSecurityGroupEgress: dryRunnable(authorizeSecurityGroupEgress(ec2)),
      AuthorizeSecurityGroupIngress: dryRunnable(authorizeSecurityGroupIngress(ec2)),
      CreateSecurityGroup: dryRunnable(createSecurityGroup(ec2)),
      CreateTags: dryRunnable(createTags(ec2)),
      DeleteSecurityGroup: dryRunnable(deleteSecurityGroup(ec2)),
      DeleteTags: dryRunnable(deleteTags(ec2)),
      DescribeAccountAttributes: dryRunnable(describeAccountAttributes(ec2)),
      DescribeAvailabilityZones: dryRunnable(describeAvailabilityZones()),
      DescribeInternetGateways: dryRunnable(describeInternetGateways(ec2)),
      DescribeNetworkInterfaces: dryRunnable(describeNetworkInterfaces(ec2)),
      DescribeRegions: dryRunnable(describeRegions()),
      DescribeRouteTables: dryRunnable(describeRouteTables(ec2)),
      DescribeSecurityGroupRules: dryRunnable(describeSecurityGroupRules(ec2)),
      DescribeSecurityGroups: dryRunnable(describeSecurityGroups(ec2)),
      DescribeSubnets: dryRunnable(describeSubnets(ec2)),
      DescribeTags: dryRunnable(describeTags(ec2)),
      DescribeVpcs: dryRunnable(describeVpcs(ec2)),
      RevokeSecurityGroupEgress: dryRunnable(revokeSecurityGroupEgress(ec2)),
      RevokeSecurityGroupIngress: dryRunnable(revokeSecurityGroupIngress(ec2)),
    },
  );
}

/** Every operation of EC2 can be tried without effect. */
function dryRunnable<Input extends { DryRun?: boolean }, Output>(
  handler: (input: Input, context: RequestContext) => Promise<Output>,
) {
  return async (input: Input, context: RequestContext): Promise<Output> => {
    if (input.DryRun) throw dryRunOperation();
    return await handler(input, context);
  };
}
