import type { DeleteRouteTableRequest } from "@aws-sdk/client-ec2";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ec2 } from "../ec2.ts";
import { hasDependencies } from "../errors.ts";
import { existing } from "../existing.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteRouteTable.html */
export function deleteRouteTable(ec2: Ec2) {
  return async ({ RouteTableId = "" }: DeleteRouteTableRequest, { scope }: RequestContext): Promise<object> => {
    const { vpcId } = await ec2.store.transaction(async () => {
      const table = await existing(ec2.records.routeTables, scope, "rtb", RouteTableId);
      // The main table has an association too.
      if (table.associations.length) throw hasDependencies("routeTable", RouteTableId);
      await ec2.records.routeTables.delete(scopeKey(scope), RouteTableId);
      return table;
    });
    await ec2.publishTopology(scope, vpcId);
    return {};
  };
}
