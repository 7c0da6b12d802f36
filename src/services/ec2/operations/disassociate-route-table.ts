import type { DisassociateRouteTableRequest } from "@aws-sdk/client-ec2";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ec2 } from "../ec2.ts";
import { mainAssociationStays } from "../errors/routing.ts";
import { tableOfAssociation } from "../route-tables.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DisassociateRouteTable.html */
export function disassociateRouteTable(ec2: Ec2) {
  return async ({ AssociationId = "" }: DisassociateRouteTableRequest, { scope }: RequestContext): Promise<object> => {
    const { vpcId } = await ec2.store.transaction(async () => {
      const { table, association } = await tableOfAssociation(ec2, scope, AssociationId);
      if (association.subnetId === undefined) throw mainAssociationStays(AssociationId);
      await ec2.records.routeTables.update(scopeKey(scope), table.routeTableId, (now) => ({
        ...now,
        associations: now.associations.filter((each) => each.associationId !== AssociationId),
      }));
      return table;
    });
    await ec2.publishTopology(scope, vpcId);
    return {};
  };
}
