import type { DisassociateVpcCidrBlockRequest, DisassociateVpcCidrBlockResult } from "@aws-sdk/client-ec2";
import { scopeKey } from "../../../base/scope.ts";
import { cidr } from "../../../network/ipv4.ts";
import { ipv6Cidr } from "../../../network/ipv6.ts";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ec2 } from "../ec2.ts";
import { cidrInUse, primaryCidr, vpcAssociationNotFound } from "../errors/vpcs.ts";
import { containsIpv6 } from "../ipv6.ts";
import type { CidrAssociation, SubnetRecord } from "../records.ts";
import { vpcCidrView, vpcIpv6CidrView } from "../views.ts";
import { contains } from "../vpc-cidrs.ts";
import { publishRanges } from "../vpcs.ts";

const USED = "it is used by a subnet";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DisassociateVpcCidrBlock.html */
export function disassociateVpcCidrBlock(ec2: Ec2) {
  return async (
    { AssociationId = "" }: DisassociateVpcCidrBlockRequest,
    { scope }: RequestContext,
  ): Promise<DisassociateVpcCidrBlockResult> => {
    const key = scopeKey(scope);
    const isAsked = ({ associationId }: CidrAssociation) => associationId === AssociationId;
    const isKept = (each: CidrAssociation) => !isAsked(each);
    const { vpcId, ipv4, ipv6 } = await ec2.store.transaction(async () => {
      const vpcs = await ec2.records.vpcs.list(key);
      const vpc = vpcs.find(({ cidrBlocks, ipv6CidrBlocks }) => [...cidrBlocks, ...ipv6CidrBlocks].some(isAsked));
      if (!vpc) throw vpcAssociationNotFound(AssociationId);
      const { cidrBlocks, ipv6CidrBlocks } = vpc;
      if (isAsked(cidrBlocks[0]!)) throw primaryCidr(AssociationId);
      const [ofIpv4, ofIpv6] = [cidrBlocks.find(isAsked), ipv6CidrBlocks.find(isAsked)];
      const subnets = await ec2.records.subnets.list(key, { where: { vpcId: vpc.vpcId } });
      if (ofIpv4 && subnets.some((subnet) => contains(cidr(ofIpv4.cidrBlock), cidr(subnet.cidrBlock))))
        throw cidrInUse("vpc", AssociationId, USED);
      if (ofIpv6 && subnets.some((subnet) => usesIpv6(subnet, ofIpv6))) throw cidrInUse("vpc", AssociationId, USED);
      await ec2.records.vpcs.put(key, vpc.vpcId, {
        ...vpc,
        cidrBlocks: cidrBlocks.filter(isKept),
        ipv6CidrBlocks: ipv6CidrBlocks.filter(isKept),
      });
      return { vpcId: vpc.vpcId, ipv4: ofIpv4, ipv6: ofIpv6 };
    });
    await publishRanges(ec2, scope, vpcId);
    return {
      VpcId: vpcId,
      ...(ipv4 ? { CidrBlockAssociation: vpcCidrView(ipv4, "disassociating") } : {}),
      ...(ipv6 ? { Ipv6CidrBlockAssociation: vpcIpv6CidrView(ipv6, scope, "disassociating") } : {}),
    };
  };
}

function usesIpv6({ ipv6CidrBlock }: SubnetRecord, { cidrBlock }: CidrAssociation): boolean {
  return ipv6CidrBlock !== undefined && containsIpv6(ipv6Cidr(cidrBlock), ipv6Cidr(ipv6CidrBlock.cidrBlock));
}
