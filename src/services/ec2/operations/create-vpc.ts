import type { CreateVpcRequest, CreateVpcResult } from "@aws-sdk/client-ec2";
import { ec2Id } from "../../../base/ids.ts";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { createVpcDefaults, defaultDhcpOptions } from "../default-vpc.ts";
import type { Ec2 } from "../ec2.ts";
import { missingParameter, unsupported } from "../errors.ts";
import { unsupportedTenancy } from "../errors/vpcs.ts";
import type { VpcRecord } from "../records.ts";
import { specifiedTags } from "../tags.ts";
import { vpcView } from "../views.ts";
import { refuseOtherPools, requestedVpcBlock } from "../vpc-cidrs.ts";
import { checkVpcCount, newIpv6Association } from "../vpcs.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpc.html */
export function createVpc(ec2: Ec2) {
  return async (input: CreateVpcRequest, { scope }: RequestContext): Promise<CreateVpcResult> => {
    const tenancy = input.InstanceTenancy ?? "default";
    if (tenancy !== "default") throw unsupportedTenancy(tenancy);
    if (input.VpcEncryptionControl) throw unsupported("VPC encryption controls");
    refuseOtherPools(input, scope.region);
    if (input.CidrBlock === undefined)
      throw missingParameter("Either 'cidrBlock' or 'ipv4IpamPoolId' should be provided.");
    const cidrBlock = requestedVpcBlock(ec2, input.CidrBlock);
    const tags = specifiedTags(input.TagSpecifications, "vpc");
    await ec2.ensureRegion(scope);
    const { records, ids } = ec2;
    const vpc = await ec2.store.transaction(async () => {
      await checkVpcCount(ec2, scope);
      const vpcId = ec2Id(ids, "vpc");
      const ipv6CidrBlocks = input.AmazonProvidedIpv6CidrBlock
        ? [await newIpv6Association(ec2, { vpcId, ipv6CidrBlocks: [] })]
        : [];
      const record: VpcRecord = {
        vpcId,
        cidrBlocks: [{ associationId: ec2Id(ids, "vpc-cidr-assoc"), cidrBlock }],
        ipv6CidrBlocks,
        dhcpOptionsId: await defaultDhcpOptions(records, ids, scope),
        enableDnsSupport: true,
        enableDnsHostnames: false,
        isDefault: false,
        tags,
      };
      await records.vpcs.insert(scopeKey(scope), vpcId, record);
      await createVpcDefaults(records, ids, scope, { vpc: record, routes: [], subnetIds: [] });
      return record;
    });
    return { Vpc: { Ipv6CidrBlockAssociationSet: [], ...vpcView(vpc, scope), State: "pending" } };
  };
}
