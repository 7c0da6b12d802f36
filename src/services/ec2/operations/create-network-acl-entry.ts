import type { CreateNetworkAclEntryRequest } from "@aws-sdk/client-ec2";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { readAclEntry } from "../acl-entries.ts";
import type { Ec2 } from "../ec2.ts";
import { aclEntryExists, tooManyAclEntries } from "../errors/routing.ts";
import { existing } from "../existing.ts";

/** https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html: of each direction. */
const MAX_ENTRIES = 20;

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNetworkAclEntry.html */
export function createNetworkAclEntry(ec2: Ec2) {
  const { networkAcls } = ec2.records;
  return async (input: CreateNetworkAclEntryRequest, { scope }: RequestContext): Promise<object> => {
    const entry = readAclEntry(input);
    await ec2.ensureRegion(scope);
    const { vpcId } = await ec2.store.transaction(async () => {
      const acl = await existing(networkAcls, scope, "acl", input.NetworkAclId);
      const others = acl.entries.filter((each) => each.isEgress === entry.isEgress);
      if (others.some((each) => each.ruleNumber === entry.ruleNumber)) throw aclEntryExists(entry.ruleNumber);
      const { ipv6CidrBlocks } = await existing(ec2.records.vpcs, scope, "vpc", acl.vpcId);
      // Those that deny the rest, of each address family, count too.
      const last = ipv6CidrBlocks.length ? 2 : 1;
      if (others.length + last >= MAX_ENTRIES) throw tooManyAclEntries();
      await networkAcls.put(scopeKey(scope), acl.networkAclId, { ...acl, entries: [...acl.entries, entry] });
      return acl;
    });
    await ec2.publishTopology(scope, vpcId);
    return {};
  };
}
