import type { DisassociateSubnetCidrBlockRequest, DisassociateSubnetCidrBlockResult } from "@aws-sdk/client-ec2";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { ipv6Owner } from "../addresses.ts";
import type { Ec2 } from "../ec2.ts";
import { cidrInUse, subnetAssociationNotFound } from "../errors/vpcs.ts";
import { subnetIpv6CidrView } from "../views.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DisassociateSubnetCidrBlock.html */
export function disassociateSubnetCidrBlock(ec2: Ec2) {
  return async (
    { AssociationId = "" }: DisassociateSubnetCidrBlockRequest,
    { scope }: RequestContext,
  ): Promise<DisassociateSubnetCidrBlockResult> => {
    const key = scopeKey(scope);
    const { subnet, association } = await ec2.store.transaction(async () => {
      const subnets = await ec2.records.subnets.list(key);
      const found = subnets.find(({ ipv6CidrBlock }) => ipv6CidrBlock?.associationId === AssociationId);
      if (!found?.ipv6CidrBlock) throw subnetAssociationNotFound(AssociationId);
      const { ipv6CidrBlock, ...kept } = found;
      if (found.assignIpv6AddressOnCreation)
        throw inUse(AssociationId, "its subnet has assign-ipv6-address-on-creation set to true");
      if (await ec2.records.addresses.count(ipv6Owner(found.subnetId)))
        throw inUse(AssociationId, "addresses of it are assigned to network interfaces");
      await ec2.records.subnets.put(key, found.subnetId, kept);
      return { subnet: found, association: ipv6CidrBlock };
    });
    await ec2.publishTopology(scope, subnet.vpcId);
    return {
      SubnetId: subnet.subnetId,
      Ipv6CidrBlockAssociation: subnetIpv6CidrView(association, "disassociating"),
    };
  };
}

function inUse(associationId: string, reason: string) {
  return cidrInUse("subnet IPv6", associationId, reason);
}
