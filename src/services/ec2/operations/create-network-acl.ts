import type { CreateNetworkAclRequest, CreateNetworkAclResult } from "@aws-sdk/client-ec2";
import { ec2Id } from "../../../base/ids.ts";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { madeEarlier } from "../client-tokens.ts";
import type { Ec2 } from "../ec2.ts";
import { tooManyNetworkAcls } from "../errors/routing.ts";
import { existing } from "../existing.ts";
import { networkAclView } from "../network-acls.ts";
import type { NetworkAclRecord } from "../records.ts";
import { specifiedTags } from "../tags.ts";

const MAX_PER_VPC = 200;

/** The ACL denies everything until it has entries. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNetworkAcl.html */
export function createNetworkAcl(ec2: Ec2) {
  const { networkAcls, vpcs } = ec2.records;
  return async (
    { VpcId = "", TagSpecifications, ClientToken }: CreateNetworkAclRequest,
    { scope }: RequestContext,
  ): Promise<CreateNetworkAclResult> => {
    const tags = specifiedTags(TagSpecifications, "network-acl");
    await ec2.ensureRegion(scope);
    const made = await ec2.store.transaction(async () => {
      const vpc = await existing(vpcs, scope, "vpc", VpcId);
      const all = await networkAcls.list(scopeKey(scope));
      const earlier = madeEarlier(all, ClientToken, (each) => each.vpcId === VpcId);
      if (earlier) return { acl: earlier, vpc };
      if (all.filter((each) => each.vpcId === VpcId).length >= MAX_PER_VPC) throw tooManyNetworkAcls();
      const acl: NetworkAclRecord = {
        networkAclId: ec2Id(ec2.ids, "acl"),
        vpcId: VpcId,
        isDefault: false,
        entries: [],
        associations: [],
        ...(ClientToken ? { clientToken: ClientToken } : {}),
        tags,
      };
      await networkAcls.insert(scopeKey(scope), acl.networkAclId, acl);
      return { acl, vpc };
    });
    await ec2.publishTopology(scope, VpcId);
    return { NetworkAcl: networkAclView(made.acl, scope, made.vpc.ipv6CidrBlocks.length > 0), ClientToken };
  };
}
