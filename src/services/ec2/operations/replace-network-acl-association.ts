import type { ReplaceNetworkAclAssociationRequest, ReplaceNetworkAclAssociationResult } from "@aws-sdk/client-ec2";
import { ec2Id } from "../../../base/ids.ts";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ec2 } from "../ec2.ts";
import { associationNotFound, ofDifferentNetworks } from "../errors/routing.ts";
import { existing } from "../existing.ts";
import type { NetworkAclRecord } from "../records.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ReplaceNetworkAclAssociation.html */
export function replaceNetworkAclAssociation(ec2: Ec2) {
  const { networkAcls } = ec2.records;
  return async (
    { AssociationId = "", NetworkAclId = "" }: ReplaceNetworkAclAssociationRequest,
    { scope }: RequestContext,
  ): Promise<ReplaceNetworkAclAssociationResult> => {
    await ec2.ensureRegion(scope);
    const key = scopeKey(scope);
    const moved = await ec2.store.transaction(async () => {
      const from = (await networkAcls.list(key)).find((acl) => associationOf(acl, AssociationId));
      const association = from && associationOf(from, AssociationId);
      if (!association) throw associationNotFound(AssociationId);
      const to = await existing(networkAcls, scope, "acl", NetworkAclId);
      const { subnetId } = association;
      if (to.vpcId !== from.vpcId) throw ofDifferentNetworks(`network ACL ${NetworkAclId}`, `subnet ${subnetId}`);
      if (to.networkAclId === from.networkAclId) return { vpcId: to.vpcId, associationId: AssociationId };
      const associationId = ec2Id(ec2.ids, "aclassoc");
      const left = from.associations.filter((each) => each !== association);
      await networkAcls.put(key, from.networkAclId, { ...from, associations: left });
      await networkAcls.put(key, NetworkAclId, {
        ...to,
        associations: [...to.associations, { associationId, subnetId }],
      });
      return { vpcId: to.vpcId, associationId };
    });
    await ec2.publishTopology(scope, moved.vpcId);
    return { NewAssociationId: moved.associationId };
  };
}

function associationOf({ associations }: NetworkAclRecord, associationId: string) {
  return associations.find((each) => each.associationId === associationId);
}
