import type { CreateRouteTableRequest, CreateRouteTableResult } from "@aws-sdk/client-ec2";
import { ec2Id } from "../../../base/ids.ts";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { madeEarlier } from "../client-tokens.ts";
import type { Ec2 } from "../ec2.ts";
import { tooManyRouteTables } from "../errors/routing.ts";
import { existing } from "../existing.ts";
import type { RouteTableRecord } from "../records.ts";
import { routeTableViews } from "../route-tables.ts";
import { specifiedTags } from "../tags.ts";

const MAX_PER_VPC = 200;

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateRouteTable.html */
export function createRouteTable(ec2: Ec2) {
  return async (
    { VpcId = "", TagSpecifications, ClientToken }: CreateRouteTableRequest,
    { scope }: RequestContext,
  ): Promise<CreateRouteTableResult> => {
    const tags = specifiedTags(TagSpecifications, "route-table");
    await ec2.ensureRegion(scope);
    const table = await ec2.store.transaction(async () => {
      const { vpcId } = await existing(ec2.records.vpcs, scope, "vpc", VpcId);
      const all = await ec2.records.routeTables.list(scopeKey(scope));
      const earlier = madeEarlier(all, ClientToken, (each) => each.vpcId === vpcId);
      if (earlier) return earlier;
      if (all.filter((each) => each.vpcId === vpcId).length >= MAX_PER_VPC) throw tooManyRouteTables();
      const record: RouteTableRecord = {
        routeTableId: ec2Id(ec2.ids, "rtb"),
        vpcId,
        routes: [],
        associations: [],
        ...(ClientToken ? { clientToken: ClientToken } : {}),
        tags,
      };
      await ec2.records.routeTables.insert(scopeKey(scope), record.routeTableId, record);
      return record;
    });
    await ec2.publishTopology(scope, table.vpcId);
    const views = await routeTableViews(ec2, scope, [table]);
    return { RouteTable: views.get(table.routeTableId), ClientToken };
  };
}
