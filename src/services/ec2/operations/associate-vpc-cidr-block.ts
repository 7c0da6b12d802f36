import type { AssociateVpcCidrBlockRequest, AssociateVpcCidrBlockResult } from "@aws-sdk/client-ec2";
import { ec2Id } from "../../../base/ids.ts";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ec2 } from "../ec2.ts";
import { invalidParameterCombination, missingParameter } from "../errors.ts";
import { existing } from "../existing.ts";
import { vpcCidrView, vpcIpv6CidrView } from "../views.ts";
import { checkSecondaryBlock, refuseOtherPools, requestedVpcBlock } from "../vpc-cidrs.ts";
import { newIpv6Association, openForIpv6, publishRanges } from "../vpcs.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateVpcCidrBlock.html */
export function associateVpcCidrBlock(ec2: Ec2) {
  const associateIpv4 = async (input: AssociateVpcCidrBlockRequest, { scope }: RequestContext) => {
    const cidrBlock = requestedVpcBlock(ec2, input.CidrBlock!);
    const { vpc, association } = await ec2.store.transaction(async () => {
      const found = await existing(ec2.records.vpcs, scope, "vpc", input.VpcId);
      await checkSecondaryBlock(ec2, found, cidrBlock);
      const added = { associationId: ec2Id(ec2.ids, "vpc-cidr-assoc"), cidrBlock };
      const changed = { ...found, cidrBlocks: [...found.cidrBlocks, added] };
      await ec2.records.vpcs.put(scopeKey(scope), found.vpcId, changed);
      return { vpc: changed, association: added };
    });
    await publishRanges(ec2, scope, vpc.vpcId);
    return { VpcId: vpc.vpcId, CidrBlockAssociation: vpcCidrView(association, "associating") };
  };

  const associateIpv6 = async (input: AssociateVpcCidrBlockRequest, { scope }: RequestContext) => {
    const key = scopeKey(scope);
    const { vpcId, association, groupIds } = await ec2.store.transaction(async () => {
      const found = await existing(ec2.records.vpcs, scope, "vpc", input.VpcId);
      const added = await newIpv6Association(ec2, found);
      await ec2.records.vpcs.put(key, found.vpcId, { ...found, ipv6CidrBlocks: [...found.ipv6CidrBlocks, added] });
      const opened = found.ipv6CidrBlocks.length ? [] : await openForIpv6(ec2, key, found.vpcId);
      return { vpcId: found.vpcId, association: added, groupIds: opened };
    });
    await publishRanges(ec2, scope, vpcId);
    await ec2.publishGroups(scope, vpcId, groupIds);
    return { VpcId: vpcId, Ipv6CidrBlockAssociation: vpcIpv6CidrView(association, scope, "associating") };
  };

  return async (input: AssociateVpcCidrBlockRequest, context: RequestContext): Promise<AssociateVpcCidrBlockResult> => {
    refuseOtherPools(input, context.scope.region);
    const { CidrBlock, AmazonProvidedIpv6CidrBlock } = input;
    if (CidrBlock !== undefined && AmazonProvidedIpv6CidrBlock)
      throw invalidParameterCombination(
        "The parameters CidrBlock and AmazonProvidedIpv6CidrBlock may not be specified together.",
      );
    await ec2.ensureRegion(context.scope);
    if (AmazonProvidedIpv6CidrBlock) return await associateIpv6(input, context);
    if (CidrBlock === undefined)
      throw missingParameter("Either 'cidrBlock' or 'amazonProvidedIpv6CidrBlock' should be provided.");
    return await associateIpv4(input, context);
  };
}
