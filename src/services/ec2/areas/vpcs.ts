import type { Handlers } from "../../../wire/handlers.ts";
import type { Ec2 } from "../ec2.ts";
import { createTags } from "../operations/create-tags.ts";
import { deleteTags } from "../operations/delete-tags.ts";
import { describeAccountAttributes } from "../operations/describe-account-attributes.ts";
import { describeAvailabilityZones } from "../operations/describe-availability-zones.ts";
import { describeNetworkInterfaces } from "../operations/describe-network-interfaces.ts";
import { describeRegions } from "../operations/describe-regions.ts";
import { describeSubnets } from "../operations/describe-subnets.ts";
import { describeTags } from "../operations/describe-tags.ts";
import { describeVpcs } from "../operations/describe-vpcs.ts";

/** VPCs, subnets, DHCP options, interfaces, and what an account has in a Region. */
export function vpcsHandlers(ec2: Ec2): Handlers<typeof import("@aws-sdk/client-ec2")> {
  return {
    CreateTags: createTags(ec2),
    DeleteTags: deleteTags(ec2),
    DescribeAccountAttributes: describeAccountAttributes(ec2),
    DescribeAvailabilityZones: describeAvailabilityZones(),
    DescribeNetworkInterfaces: describeNetworkInterfaces(ec2),
    DescribeRegions: describeRegions(),
    DescribeSubnets: describeSubnets(ec2),
    DescribeTags: describeTags(ec2),
    DescribeVpcs: describeVpcs(ec2),
  };
}
