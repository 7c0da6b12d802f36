import type { DeleteNetworkAclEntryRequest } from "@aws-sdk/client-ec2";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { checkRuleNumber } from "../acl-entries.ts";
import type { Ec2 } from "../ec2.ts";
import { aclEntryNotFound } from "../errors/routing.ts";
import { existing } from "../existing.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteNetworkAclEntry.html */
export function deleteNetworkAclEntry(ec2: Ec2) {
  const { networkAcls } = ec2.records;
  return async (
    { NetworkAclId = "", RuleNumber = 0, Egress = false }: DeleteNetworkAclEntryRequest,
    { scope }: RequestContext,
  ): Promise<object> => {
    checkRuleNumber(RuleNumber);
    await ec2.ensureRegion(scope);
    const { vpcId } = await ec2.store.transaction(async () => {
      const acl = await existing(networkAcls, scope, "acl", NetworkAclId);
      const entries = acl.entries.filter((each) => each.ruleNumber !== RuleNumber || each.isEgress !== Egress);
      if (entries.length === acl.entries.length) throw aclEntryNotFound(RuleNumber, Egress, NetworkAclId);
      await networkAcls.put(scopeKey(scope), NetworkAclId, { ...acl, entries });
      return acl;
    });
    await ec2.publishTopology(scope, vpcId);
    return {};
  };
}
