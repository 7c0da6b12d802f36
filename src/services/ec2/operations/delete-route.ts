import type { DeleteRouteRequest } from "@aws-sdk/client-ec2";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ec2 } from "../ec2.ts";
import { localRouteStays, routeNotFound } from "../errors/routing.ts";
import { localPart, readDestination } from "../route-destinations.ts";
import { tableWithVpc, writeRoutes } from "../route-tables.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteRoute.html */
export function deleteRoute(ec2: Ec2) {
  return async (input: DeleteRouteRequest, { scope }: RequestContext): Promise<object> => {
    const destination = readDestination(input);
    await ec2.ensureRegion(scope);
    const { vpcId } = await ec2.store.transaction(async () => {
      const { table, vpc } = await tableWithVpc(ec2, scope, input.RouteTableId ?? "");
      const { kind, text } = destination;
      if (localPart(vpc, destination) === "equal") throw localRouteStays(text, table.routeTableId);
      const routes = table.routes.filter((route) => route.destination !== text);
      if (routes.length === table.routes.length) throw routeNotFound(kind, text, table.routeTableId);
      await writeRoutes(ec2, scope, table, routes);
      return vpc;
    });
    await ec2.publishTopology(scope, vpcId);
    return {};
  };
}
