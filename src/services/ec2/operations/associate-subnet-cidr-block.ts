import type { AssociateSubnetCidrBlockRequest, AssociateSubnetCidrBlockResult } from "@aws-sdk/client-ec2";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ec2 } from "../ec2.ts";
import { missingParameter, unsupported } from "../errors.ts";
import { tooManyCidrs } from "../errors/vpcs.ts";
import { existing } from "../existing.ts";
import { requestedIpv6Block } from "../subnets.ts";
import { subnetIpv6CidrView } from "../views.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateSubnetCidrBlock.html */
export function associateSubnetCidrBlock(ec2: Ec2) {
  return async (
    { SubnetId, Ipv6CidrBlock, Ipv6IpamPoolId, Ipv6NetmaskLength }: AssociateSubnetCidrBlockRequest,
    { scope }: RequestContext,
  ): Promise<AssociateSubnetCidrBlockResult> => {
    if (Ipv6IpamPoolId !== undefined || Ipv6NetmaskLength !== undefined) throw unsupported("IPAM pools");
    if (Ipv6CidrBlock === undefined) throw missingParameter("The request must contain the parameter ipv6CidrBlock");
    const key = scopeKey(scope);
    await ec2.ensureRegion(scope);
    const { subnet, ipv6CidrBlock } = await ec2.store.transaction(async () => {
      const found = await existing(ec2.records.subnets, scope, "subnet", SubnetId);
      if (found.ipv6CidrBlock) throw tooManyCidrs(found.subnetId, 1);
      const vpc = await existing(ec2.records.vpcs, scope, "vpc", found.vpcId);
      const others = await ec2.records.subnets.list(key, { where: { vpcId: found.vpcId } });
      const association = requestedIpv6Block(ec2, vpc, others, Ipv6CidrBlock);
      await ec2.records.subnets.put(key, found.subnetId, { ...found, ipv6CidrBlock: association });
      return { subnet: found, ipv6CidrBlock: association };
    });
    await ec2.publishTopology(scope, subnet.vpcId);
    return { SubnetId, Ipv6CidrBlockAssociation: subnetIpv6CidrView(ipv6CidrBlock, "associating") };
  };
}
