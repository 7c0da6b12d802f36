import type { RouteTable } from "@aws-sdk/client-ec2";
import { type Scope, scopeKey } from "../../base/scope.ts";
import type { Ec2 } from "./ec2.ts";
import { associationNotFound, tooManyRoutes } from "./errors/routing.ts";
import { existing } from "./existing.ts";
import { activePeerings } from "./peerings.ts";
import type { RouteRecord, RouteTableRecord, RouteTargetRecord, VpcRecord } from "./records.ts";
import { activeTargets } from "./route-state.ts";
import { routeTableView } from "./route-table-view.ts";

/** https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html: of each address family. */
const MAX_ROUTES = 500;

/** A route table and its VPC. @throws AwsError InvalidRouteTableID.NotFound, InvalidRouteTableID.Malformed */
export async function tableWithVpc(
  ec2: Ec2,
  scope: Scope,
  routeTableId: string,
): Promise<{ table: RouteTableRecord; vpc: VpcRecord }> {
  const table = await existing(ec2.records.routeTables, scope, "rtb", routeTableId);
  return { table, vpc: await existing(ec2.records.vpcs, scope, "vpc", table.vpcId) };
}

/** The table that has the association. @throws AwsError InvalidAssociationID.NotFound */
export async function tableOfAssociation(
  ec2: Ec2,
  scope: Scope,
  associationId: string,
): Promise<{ table: RouteTableRecord; association: RouteTableRecord["associations"][number] }> {
  for (const table of await ec2.records.routeTables.list(scopeKey(scope))) {
    const association = table.associations.find((each) => each.associationId === associationId);
    if (association) return { table, association };
  }
  throw associationNotFound(associationId);
}

/** Replaces the routes of a table, in the caller's transaction. @throws AwsError RouteLimitExceeded */
export async function writeRoutes(
  ec2: Ec2,
  scope: Scope,
  table: RouteTableRecord,
  routes: RouteRecord[],
): Promise<void> {
  if (routes.length > table.routes.length) await checkRouteCount(ec2, scope, routes);
  await ec2.records.routeTables.update(scopeKey(scope), table.routeTableId, (now) => ({ ...now, routes }));
}

/** A prefix list counts as many routes as it may have entries. */
async function checkRouteCount(ec2: Ec2, scope: Scope, routes: readonly RouteRecord[]): Promise<void> {
  const counts = { IPv4: 0, IPv6: 0 };
  for (const { destination } of routes) {
    const list = destination.startsWith("pl-")
      ? await ec2.records.prefixLists.get(scopeKey(scope), destination)
      : undefined;
    if (list) counts[list.addressFamily] += list.maxEntries;
    else counts[destination.includes(":") ? "IPv6" : "IPv4"] += 1;
  }
  if (Math.max(counts.IPv4, counts.IPv6) > MAX_ROUTES) throw tooManyRoutes();
}

/** Moves an association to another table, under a new id, in the caller's transaction. */
export async function moveAssociation(
  ec2: Ec2,
  scope: Scope,
  from: { table: RouteTableRecord; association: RouteTableRecord["associations"][number] },
  to: RouteTableRecord,
  newId: string,
): Promise<void> {
  const { routeTables } = ec2.records;
  const { associationId, ...subnet } = from.association;
  await routeTables.update(scopeKey(scope), from.table.routeTableId, (now) => ({
    ...now,
    associations: now.associations.filter((each) => each.associationId !== associationId),
  }));
  await routeTables.update(scopeKey(scope), to.routeTableId, (now) => ({
    ...now,
    associations: [...now.associations, { associationId: newId, ...subnet }],
  }));
}

/**
 * Route tables of a scope as the API shows them, by id, with the state of each route as it is now. Those of a VPC that
 * was deleted meanwhile are left out.
 */
export async function routeTableViews(
  ec2: Ec2,
  scope: Scope,
  tables: readonly RouteTableRecord[],
): Promise<Map<string, RouteTable>> {
  const key = scopeKey(scope);
  const vpcs = new Map((await ec2.records.vpcs.list(key)).map((vpc) => [vpc.vpcId, vpc]));
  const states = new Map<string, (target: RouteTargetRecord) => boolean>();
  const views = new Map<string, RouteTable>();
  for (const table of tables) {
    const vpc = vpcs.get(table.vpcId);
    if (!vpc) continue;
    let isActive = states.get(table.vpcId);
    if (!isActive) states.set(table.vpcId, (isActive = await targetStates(ec2, key, table.vpcId)));
    views.set(table.routeTableId, routeTableView(table, vpc, scope, isActive));
  }
  return views;
}

async function targetStates({ records }: Ec2, key: string, vpcId: string) {
  const where = { vpcId };
  const [natGateways, gateways, egressOnly, peerings] = await Promise.all([
    records.natGateways.list(key, { where }),
    records.internetGateways.list(key, { where }),
    records.egressOnlyGateways.list(key, { where }),
    activePeerings(records, vpcId),
  ]);
  return activeTargets({ natGateways, gateways, egressOnly, peerings });
}
