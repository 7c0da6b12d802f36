import type { ServiceConnectConfiguration, TaskDefinition } from "@aws-sdk/client-ecs";
import { scopeKey } from "../../../base/scope.ts";
import type { Ecs } from "../ecs.ts";
import { invalidParameter } from "../errors.ts";
import { primaryOf, versionsOf, type ServiceRecord } from "../service/service-record.ts";
import type { ClusterRecord } from "../store.ts";
import type { DeploymentDiscovery, DeploymentServiceConnect, RegisteredPort } from "./deployment-discovery.ts";
import { exposedPorts } from "./exposed-ports.ts";
import { findNamespace } from "./namespace.ts";
import { clientRoutes } from "./plan.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html */
const MAX_SERVICES_PER_NAMESPACE = 300;

/**
 * Service Connect for a new deployment: its ports become services of the namespace, and the namespace's aliases as they
 * now are become what its tasks know. In the caller's transaction.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-connect-concepts-deploy.html
 * @param service whose deployment it is
 * @returns `undefined` when it is not asked for
 * @throws AwsError InvalidParameterException, NamespaceNotFoundException
 */
export async function deployServiceConnect(
  ecs: Ecs,
  cluster: Pick<ClusterRecord, "defaultNamespace">,
  service: Pick<ServiceRecord, "scope" | "clusterName" | "serviceName" | "deployments" | "lastCompleted">,
  given: ServiceConnectConfiguration | undefined,
  definition: TaskDefinition,
): Promise<DeploymentServiceConnect | undefined> {
  if (!given?.enabled) return undefined;
  const { scope } = service;
  const nameOrArn = given.namespace || cluster.defaultNamespace;
  if (!nameOrArn)
    throw invalidParameter(
      "A namespace must be specified in serviceConnectConfiguration, or as a Service Connect default of the cluster.",
    );
  const namespace = await findNamespace(ecs, scope, nameOrArn);
  const exposed = exposedPorts(given, definition, namespace.name);
  const all = await servicesIn(ecs, service, namespace.namespaceId);
  const others = all.filter(({ status }) => status === "ACTIVE");
  if (others.length >= MAX_SERVICES_PER_NAMESPACE)
    throw invalidParameter(`A namespace can have at most ${MAX_SERVICES_PER_NAMESPACE} Service Connect services.`);
  const taken = others.flatMap((other) => primaryOf(other).serviceConnect?.ports ?? []);
  const entries = await ecs.directory.servicesOf(scope, namespace.namespaceId);
  const adoptable = portsOf([service, ...all].flatMap(versionsOf));
  const ports: RegisteredPort[] = [];
  for (const port of exposed) {
    if (taken.some((other) => other.discoveryName === port.discoveryName))
      throw invalidParameter(`SC service is already used by ${namespace.arn}`);
    if (taken.some((other) => other.dnsName === port.dnsName && other.aliasPort === port.aliasPort))
      throw invalidParameter(
        `The client alias ${port.dnsName}:${port.aliasPort} is already used in the namespace ${namespace.arn}`,
      );
    const known = entries.find(({ name }) => name === port.discoveryName);
    // A user's own would be removed together with the last service that offers the port.
    if (known && !adoptable.some(({ serviceId }) => serviceId === known.serviceId))
      throw invalidParameter(`SC service is already used by ${namespace.arn}`);
    const entry = known ?? (await ecs.directory.ensureService(scope, namespace.namespaceId, port.discoveryName));
    ports.push({ ...port, serviceId: entry.serviceId, discoveryArn: entry.arn });
  }
  return {
    configuration: { ...given, namespace: given.namespace || namespace.arn },
    namespaceId: namespace.namespaceId,
    ports,
    clients: clientRoutes([...taken, ...ports]),
  };
}

/**
 * Removes the Cloud Map services that ECS kept for ports which nothing of the service offers any more, unless another
 * service took their names over. In the caller's transaction.
 * @param gone what has ended
 * @param left what the service still runs, or may be rolled back to
 */
export async function removePorts(
  ecs: Ecs,
  service: ServiceRecord,
  gone: readonly DeploymentDiscovery[],
  left: readonly DeploymentDiscovery[],
): Promise<void> {
  const settled = new Set(portsOf(left).map(({ serviceId }) => serviceId));
  for (const { serviceConnect } of gone)
    for (const { serviceId } of serviceConnect?.ports ?? []) {
      if (settled.has(serviceId)) continue;
      settled.add(serviceId);
      const others = await servicesIn(ecs, service, serviceConnect!.namespaceId);
      if (portsOf(others.flatMap(versionsOf)).some((port) => port.serviceId === serviceId)) continue;
      await ecs.directory.removeService(service.scope, serviceId);
    }
}

const portsOf = (deployments: readonly DeploymentDiscovery[]): RegisteredPort[] =>
  deployments.flatMap(({ serviceConnect }) => serviceConnect?.ports ?? []);

/** The other services of a namespace, also those that are on their way out. */
async function servicesIn(
  ecs: Ecs,
  { scope, clusterName, serviceName }: Pick<ServiceRecord, "scope" | "clusterName" | "serviceName">,
  namespaceId: string,
): Promise<ServiceRecord[]> {
  const where = { status: ["ACTIVE", "DRAINING"], connect_namespace: namespaceId };
  const found = await ecs.store.services.list(scopeKey(scope), { where });
  return found.filter((other) => other.serviceName !== serviceName || other.clusterName !== clusterName);
}
