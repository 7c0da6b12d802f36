import type { ServiceRegistry, TaskDefinition } from "@aws-sdk/client-ecs";
import { parseArn } from "../../../base/arn.ts";
import type { Scope } from "../../../base/scope.ts";
import type { Ecs } from "../ecs.ts";
import { invalidParameter } from "../errors.ts";
import type { DeploymentRegistry } from "./deployment-discovery.ts";

/**
 * Checks `serviceRegistries` against Cloud Map and the task definition.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceRegistry.html
 * @returns `undefined` when there is none
 * @throws AwsError InvalidParameterException
 */
export async function checkRegistries(
  ecs: Ecs,
  scope: Scope,
  given: readonly ServiceRegistry[] | undefined,
  definition: TaskDefinition,
): Promise<DeploymentRegistry | undefined> {
  const [registry, ...more] = given ?? [];
  if (!registry) return undefined;
  if (more.length) throw invalidParameter("serviceRegistries can have at most 1 items.");
  const arn = parseArn(registry.registryArn ?? "");
  if (arn?.service !== "servicediscovery" || !arn.resource.startsWith("service/"))
    throw invalidParameter(`Invalid service registry ARN: ${registry.registryArn ?? ""}`);
  const service = await ecs.directory.findService(scope, registry.registryArn!);
  if (!service) throw invalidParameter(`Service registry not found. Registry: ${registry.registryArn}`);
  const about = (message: string) => invalidParameter(`${message} Registry: ${registry.registryArn}`);
  const { recordTypes, serviceId, hasCustomHealth } = service;
  if (recordTypes.includes("CNAME"))
    throw about("Service registries with DNS records of the type CNAME are not supported.");
  const port = portOf(registry, definition, recordTypes, about);
  return { registry, serviceId, hasCustomHealth, ...(port === undefined ? {} : { port }) };
}

/** The port that instances are registered with. Only SRV records, and instances without records, have one. */
function portOf(
  { port, containerName, containerPort }: ServiceRegistry,
  definition: TaskDefinition,
  recordTypes: readonly string[],
  about: (message: string) => Error,
): number | undefined {
  if (port !== undefined && (containerName !== undefined || containerPort !== undefined))
    throw about(
      "Specify a value for either 'port' or the 'containerName' and 'containerPort' combination, but not both. Remove one and retry.",
    );
  if (recordTypes.length && !recordTypes.includes("SRV")) {
    const needless = Object.entries({ containerPort, containerName, port }).find(([, value]) => value !== undefined);
    if (needless)
      throw about(
        `The values specified for serviceRegistries do not require a value for '${needless[0]}'. Remove the value and retry.`,
      );
    return undefined;
  }
  if ((containerName === undefined) !== (containerPort === undefined))
    throw about("Values for both 'containerName' and 'containerPort' must be specified.");
  if (recordTypes.includes("SRV") && port === undefined && containerName === undefined)
    throw about(
      "When specifying 'awsvpc' for networkMode, values for either 'port' or 'containerName' and 'containerPort' must be specified.",
    );
  if (port !== undefined && (port < 1 || port > 65_535)) throw about("'port' must be between 1 and 65535.");
  if (containerName === undefined) return port;
  const container = definition.containerDefinitions?.find(({ name }) => name === containerName);
  if (!container) throw invalidParameter(`The container ${containerName} does not exist in the task definition.`);
  if (!container.portMappings?.some((mapping) => mapping.containerPort === containerPort))
    throw invalidParameter(`The container ${containerName} did not have a container port ${containerPort} defined.`);
  return containerPort;
}
