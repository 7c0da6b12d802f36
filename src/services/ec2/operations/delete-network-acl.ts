import type { DeleteNetworkAclRequest } from "@aws-sdk/client-ec2";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ec2 } from "../ec2.ts";
import { hasDependencies } from "../errors.ts";
import { defaultAclStays } from "../errors/routing.ts";
import { existing } from "../existing.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteNetworkAcl.html */
export function deleteNetworkAcl(ec2: Ec2) {
  const { networkAcls } = ec2.records;
  return async ({ NetworkAclId = "" }: DeleteNetworkAclRequest, { scope }: RequestContext): Promise<object> => {
    await ec2.ensureRegion(scope);
    const { vpcId } = await ec2.store.transaction(async () => {
      const acl = await existing(networkAcls, scope, "acl", NetworkAclId);
      if (acl.isDefault) throw defaultAclStays(NetworkAclId);
      if (acl.associations.length) throw hasDependencies("networkAcl", NetworkAclId);
      await networkAcls.delete(scopeKey(scope), NetworkAclId);
      return acl;
    });
    await ec2.publishTopology(scope, vpcId);
    return {};
  };
}
