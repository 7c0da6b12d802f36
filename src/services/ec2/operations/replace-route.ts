import type { ReplaceRouteRequest } from "@aws-sdk/client-ec2";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ec2 } from "../ec2.ts";
import { invalidParameterValue } from "../errors.ts";
import { noRouteToReplace } from "../errors/routing.ts";
import { localPart, readDestination } from "../route-destinations.ts";
import { tableWithVpc, writeRoutes } from "../route-tables.ts";
import { readTarget } from "../routes.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ReplaceRoute.html */
export function replaceRoute(ec2: Ec2) {
  return async (input: ReplaceRouteRequest, { scope }: RequestContext): Promise<object> => {
    const destination = readDestination(input);
    await ec2.ensureRegion(scope);
    const { vpcId } = await ec2.store.transaction(async () => {
      const { table, vpc } = await tableWithVpc(ec2, scope, input.RouteTableId ?? "");
      const { text } = destination;
      const isLocal = localPart(vpc, destination) === "equal";
      if (!isLocal && !table.routes.some((route) => route.destination === text)) throw noRouteToReplace(text);
      if (input.LocalTarget) {
        if (!isLocal) throw invalidParameterValue(`The route for '${text}' cannot have a local target.`);
        return vpc; // a local route never leads elsewhere
      }
      const target = await readTarget(ec2, scope, { table, vpc, destination }, input);
      const routes = table.routes.map((route) => (route.destination === text ? { ...route, target } : route));
      await writeRoutes(ec2, scope, table, routes);
      return vpc;
    });
    await ec2.publishTopology(scope, vpcId);
    return {};
  };
}
