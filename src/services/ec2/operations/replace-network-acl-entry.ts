import type { ReplaceNetworkAclEntryRequest } from "@aws-sdk/client-ec2";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { readAclEntry } from "../acl-entries.ts";
import type { Ec2 } from "../ec2.ts";
import { aclEntryNotFound } from "../errors/routing.ts";
import { existing } from "../existing.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ReplaceNetworkAclEntry.html */
export function replaceNetworkAclEntry(ec2: Ec2) {
  const { networkAcls } = ec2.records;
  return async (input: ReplaceNetworkAclEntryRequest, { scope }: RequestContext): Promise<object> => {
    const entry = readAclEntry(input);
    await ec2.ensureRegion(scope);
    const { vpcId } = await ec2.store.transaction(async () => {
      const acl = await existing(networkAcls, scope, "acl", input.NetworkAclId);
      const { ruleNumber, isEgress } = entry;
      const at = acl.entries.findIndex((each) => each.ruleNumber === ruleNumber && each.isEgress === isEgress);
      if (at < 0) throw aclEntryNotFound(ruleNumber, isEgress, acl.networkAclId);
      await networkAcls.put(scopeKey(scope), acl.networkAclId, { ...acl, entries: acl.entries.with(at, entry) });
      return acl;
    });
    await ec2.publishTopology(scope, vpcId);
    return {};
  };
}
