import type { ReplaceRouteTableAssociationRequest, ReplaceRouteTableAssociationResult } from "@aws-sdk/client-ec2";
import { ec2Id } from "../../../base/ids.ts";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ec2 } from "../ec2.ts";
import { ofDifferentNetworks } from "../errors/routing.ts";
import { existing } from "../existing.ts";
import { moveAssociation, tableOfAssociation } from "../route-tables.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ReplaceRouteTableAssociation.html */
export function replaceRouteTableAssociation(ec2: Ec2) {
  return async (
    { AssociationId = "", RouteTableId = "" }: ReplaceRouteTableAssociationRequest,
    { scope }: RequestContext,
  ): Promise<ReplaceRouteTableAssociationResult> => {
    const moved = await ec2.store.transaction(async () => {
      const from = await tableOfAssociation(ec2, scope, AssociationId);
      const to = await existing(ec2.records.routeTables, scope, "rtb", RouteTableId);
      if (to.vpcId !== from.table.vpcId)
        throw ofDifferentNetworks(`route table ${RouteTableId}`, `association ${AssociationId}`);
      const { vpcId } = to;
      if (to.routeTableId === from.table.routeTableId) return { vpcId, associationId: AssociationId };
      const associationId = ec2Id(ec2.ids, "rtbassoc");
      await moveAssociation(ec2, scope, from, to, associationId);
      return { vpcId, associationId };
    });
    await ec2.publishTopology(scope, moved.vpcId);
    return { NewAssociationId: moved.associationId, AssociationState: { State: "associated" } };
  };
}
