import type { AssociateRouteTableRequest, AssociateRouteTableResult } from "@aws-sdk/client-ec2";
import { ec2Id } from "../../../base/ids.ts";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ec2 } from "../ec2.ts";
import { invalidParameterCombination, missingParameter, unsupported } from "../errors.ts";
import { ofDifferentNetworks, routeTableConflict } from "../errors/routing.ts";
import { existing } from "../existing.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateRouteTable.html */
export function associateRouteTable(ec2: Ec2) {
  return async (
    { RouteTableId = "", SubnetId, GatewayId, PublicIpv4Pool }: AssociateRouteTableRequest,
    { scope }: RequestContext,
  ): Promise<AssociateRouteTableResult> => {
    const message = "The request must contain exactly one of subnetId or gatewayId";
    if (SubnetId !== undefined && GatewayId !== undefined) throw invalidParameterCombination(message);
    if (GatewayId !== undefined || PublicIpv4Pool !== undefined) throw unsupported("route tables of gateways");
    if (SubnetId === undefined) throw missingParameter(message);
    await ec2.ensureRegion(scope);
    const { vpcId, associationId } = await ec2.store.transaction(async () => {
      const table = await existing(ec2.records.routeTables, scope, "rtb", RouteTableId);
      const subnet = await existing(ec2.records.subnets, scope, "subnet", SubnetId);
      if (subnet.vpcId !== table.vpcId) throw ofDifferentNetworks(`route table ${RouteTableId}`, `subnet ${SubnetId}`);
      return { vpcId: table.vpcId, associationId: await associate(ec2, scopeKey(scope), RouteTableId, subnet) };
    });
    await ec2.publishTopology(scope, vpcId);
    return { AssociationId: associationId, AssociationState: { State: "associated" } };
  };
}

/** A repeated association is answered with the one that exists. */
async function associate(
  { records, ids }: Ec2,
  key: string,
  routeTableId: string,
  { subnetId, vpcId }: { subnetId: string; vpcId: string },
): Promise<string> {
  for (const table of await records.routeTables.list(key, { where: { vpcId } })) {
    const known = table.associations.find((each) => each.subnetId === subnetId);
    if (known && table.routeTableId !== routeTableId) throw routeTableConflict(routeTableId);
    if (known) return known.associationId;
  }
  const associationId = ec2Id(ids, "rtbassoc");
  await records.routeTables.update(key, routeTableId, (now) => ({
    ...now,
    associations: [...now.associations, { associationId, subnetId }],
  }));
  return associationId;
}
