import type { DeleteVpcRequest } from "@aws-sdk/client-ec2";
import { type Scope, scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ec2 } from "../ec2.ts";
import { hasDependencies } from "../errors.ts";
import { existing } from "../existing.ts";
import { peeringsOfVpc, statusNow } from "../peerings.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteVpc.html */
export function deleteVpc(ec2: Ec2) {
  return async ({ VpcId }: DeleteVpcRequest, { scope }: RequestContext): Promise<object> => {
    await ec2.ensureRegion(scope);
    await ec2.store.transaction(async () => {
      const { vpcId } = await existing(ec2.records.vpcs, scope, "vpc", VpcId);
      if (await hasOthers(ec2, scope, vpcId)) throw hasDependencies("vpc", vpcId);
      await deleteDefaults(ec2, scope, vpcId);
      await ec2.records.vpcs.delete(scopeKey(scope), vpcId);
    });
    return {};
  };
}

/** Whether the VPC has anything beside what it was made with. */
async function hasOthers({ records, clock }: Ec2, scope: Scope, vpcId: string): Promise<boolean> {
  const key = scopeKey(scope);
  const { subnets, interfaces, internetGateways, egressOnlyGateways, vpcEndpoints } = records;
  for (const collection of [subnets, interfaces, internetGateways, egressOnlyGateways, vpcEndpoints])
    if (await collection.count(key, { vpcId })) return true;
  const groups = await records.groups.list(key, { where: { vpcId } });
  if (groups.some((group) => group.groupName !== "default")) return true;
  const tables = await records.routeTables.list(key, { where: { vpcId } });
  if (tables.some((table) => table.associations.every((each) => each.subnetId !== undefined))) return true;
  const acls = await records.networkAcls.list(key, { where: { vpcId } });
  if (acls.some((acl) => !acl.isDefault)) return true;
  const gateways = await records.natGateways.list(key, { where: { vpcId } });
  if (gateways.some((gateway) => gateway.state !== "deleted" && gateway.state !== "failed")) return true;
  const peerings = await peeringsOfVpc(records, vpcId);
  return peerings.some((peering) => ["active", "pending-acceptance"].includes(statusNow(peering, clock.now())));
}

async function deleteDefaults({ records }: Ec2, scope: Scope, vpcId: string): Promise<void> {
  const key = scopeKey(scope);
  for (const collection of [records.groups, records.routeTables, records.networkAcls, records.flowLogs])
    for (const id of await collection.listIds(key, { vpcId })) await collection.delete(key, id);
}
