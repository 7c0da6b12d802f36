import type { DeleteSubnetRequest } from "@aws-sdk/client-ec2";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ec2 } from "../ec2.ts";
import { hasDependencies } from "../errors.ts";
import { existing } from "../existing.ts";
import type { SubnetRecord } from "../records.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteSubnet.html */
export function deleteSubnet(ec2: Ec2) {
  return async ({ SubnetId }: DeleteSubnetRequest, { scope }: RequestContext): Promise<object> => {
    const key = scopeKey(scope);
    await ec2.ensureRegion(scope);
    const { vpcId } = await ec2.store.transaction(async () => {
      const subnet = await existing(ec2.records.subnets, scope, "subnet", SubnetId);
      const interfaces = await ec2.records.interfaces.list(key, { where: { vpcId: subnet.vpcId } });
      if (interfaces.some((each) => each.subnetId === subnet.subnetId))
        throw hasDependencies("subnet", subnet.subnetId);
      await forget(ec2, key, subnet);
      return subnet;
    });
    await ec2.publishTopology(scope, vpcId);
    return {};
  };
}

async function forget({ records }: Ec2, key: string, { subnetId, vpcId }: SubnetRecord): Promise<void> {
  const where = { vpcId };
  const isOther = (each: { subnetId?: string }) => each.subnetId !== subnetId;
  for (const table of await records.routeTables.list(key, { where }))
    if (!table.associations.every(isOther))
      await records.routeTables.put(key, table.routeTableId, {
        ...table,
        associations: table.associations.filter(isOther),
      });
  for (const acl of await records.networkAcls.list(key, { where }))
    if (!acl.associations.every(isOther))
      await records.networkAcls.put(key, acl.networkAclId, { ...acl, associations: acl.associations.filter(isOther) });
  for (const { flowLogId, resourceId } of await records.flowLogs.list(key, { where }))
    if (resourceId === subnetId) await records.flowLogs.delete(key, flowLogId);
  await records.cursors.delete(subnetId, subnetId);
  await records.subnets.delete(key, subnetId);
}
