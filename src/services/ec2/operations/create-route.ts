import type { CreateRouteRequest, CreateRouteResult } from "@aws-sdk/client-ec2";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ec2 } from "../ec2.ts";
import { routeExists } from "../errors/routing.ts";
import { existing } from "../existing.ts";
import { localPart, readDestination } from "../route-destinations.ts";
import { tableWithVpc, writeRoutes } from "../route-tables.ts";
import { readTarget } from "../routes.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateRoute.html */
export function createRoute(ec2: Ec2) {
  return async (input: CreateRouteRequest, { scope }: RequestContext): Promise<CreateRouteResult> => {
    const destination = readDestination(input);
    await ec2.ensureRegion(scope);
    const { vpcId } = await ec2.store.transaction(async () => {
      const { table, vpc } = await tableWithVpc(ec2, scope, input.RouteTableId ?? "");
      const { kind, text } = destination;
      if (kind === "destination-prefix-list-id") await existing(ec2.records.prefixLists, scope, "pl", text);
      const taken = table.routes.some((route) => route.destination === text);
      if (taken || localPart(vpc, destination) === "equal") throw routeExists(text);
      const target = await readTarget(ec2, scope, { table, vpc, destination }, input);
      await writeRoutes(ec2, scope, table, [...table.routes, { destination: text, target }]);
      return vpc;
    });
    await ec2.publishTopology(scope, vpcId);
    return { Return: true };
  };
}
