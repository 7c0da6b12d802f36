import type { ProxyHeaderRule, ProxySpec } from "../../../balancer/service-connect.ts";
import type { TaskClientRoute, TaskProxyRecord, TaskRegistration } from "../../../tasks/discovery-record.ts";
import type { TaskRecord } from "../../../tasks/task-record.ts";
import type { DeploymentDiscovery, RegisteredPort } from "./deployment-discovery.ts";
import type { RouteEndpoints } from "./traffic-split.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-connect-blue-green.html */
const TEST_HEADER: ProxyHeaderRule = { name: "x-amzn-ecs-blue-green-test" };

/** Hosts of 127.255.0.0/16 that a task's hosts file can name. */
const MAX_ALIASES = 2 ** 16 - 2;

/**
 * What a task's containers can dial: each DNS name has an address of its own, which its ports share.
 * @param ports of all services of the namespace
 */
export function clientRoutes(ports: readonly RegisteredPort[]): TaskClientRoute[] {
  const sorted = ports.toSorted((a, b) => compare(a.dnsName, b.dnsName) || a.aliasPort - b.aliasPort);
  const names = [...new Set(sorted.map(({ dnsName }) => dnsName))].slice(0, MAX_ALIASES);
  const addresses = new Map(names.map((name, index) => [name, aliasAddress(index + 1)]));
  return sorted.flatMap((port) => {
    const address = addresses.get(port.dnsName);
    if (address === undefined) return [];
    return [
      {
        name: routeName(port),
        discoveryName: port.discoveryName,
        serviceId: port.serviceId,
        dnsName: port.dnsName,
        address,
        port: port.aliasPort,
        protocol: port.protocol,
        idleTimeoutSeconds: port.idleTimeoutSeconds,
        perRequestTimeoutSeconds: port.perRequestTimeoutSeconds,
        ...(port.protocol === "tcp" ? {} : { testHeader: port.testHeader ?? TEST_HEADER }),
      },
    ];
  });
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

const routeName = (port: RegisteredPort) => `${port.discoveryName}-${port.aliasPort}`;

/** The n-th address of 127.255.0.0/16. */
function aliasAddress(n: number): string {
  return `127.255.${n >> 8}.${n & 255}`;
}

/** What a task of a service is, as far as Cloud Map wants to know. */
export interface RegisteredTask {
  region: string;
  clusterName: string;
  serviceName: string;
  family: string;
  deploymentId: string;
  eni: Pick<TaskRecord["eni"], "privateIp" | "ipv6Address" | "availabilityZone">;
}

/**
 * The instances that a task is to be, with the attributes that ECS gives them.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-discovery.html
 */
export function taskRegistrations(discovery: DeploymentDiscovery, task: RegisteredTask): TaskRegistration[] {
  const addresses = {
    AWS_INSTANCE_IPV4: task.eni.privateIp,
    ...(task.eni.ipv6Address === undefined ? {} : { AWS_INSTANCE_IPV6: task.eni.ipv6Address }),
  };
  const common = {
    ...addresses,
    AVAILABILITY_ZONE: task.eni.availabilityZone,
    REGION: task.region,
    ECS_CLUSTER_NAME: task.clusterName,
    ECS_SERVICE_NAME: task.serviceName,
    ECS_TASK_DEFINITION_FAMILY: task.family,
  };
  const { registry, externalId, serviceConnect } = discovery;
  const registrations: TaskRegistration[] = [];
  if (registry)
    registrations.push({
      serviceId: registry.serviceId,
      attributes: {
        ...common,
        ...(registry.port === undefined ? {} : { AWS_INSTANCE_PORT: String(registry.port) }),
        ...(externalId === undefined ? {} : { ECS_TASK_SET_EXTERNAL_ID: externalId }),
      },
      health: registry.hasCustomHealth ? "reported" : "ignored",
    });
  for (const { serviceId, ingressPort } of serviceConnect?.ports ?? [])
    registrations.push({
      serviceId,
      attributes: { ...common, AWS_INSTANCE_PORT: String(ingressPort), ECS_DEPLOYMENT_ID: task.deploymentId },
      health: "required",
    });
  return registrations;
}

/** The proxy of a task of a Service Connect deployment. */
export function taskProxy(
  { serviceConnect }: DeploymentDiscovery,
  names: Pick<TaskProxyRecord, "containerName" | "containerArn" | "attachmentId">,
): TaskProxyRecord | undefined {
  if (!serviceConnect) return undefined;
  const { logConfiguration, accessLogConfiguration } = serviceConnect.configuration;
  return {
    ...names,
    running: false,
    clients: serviceConnect.clients,
    servers: serviceConnect.ports.map((port) => ({
      name: routeName(port),
      discoveryName: port.discoveryName,
      ingressPort: port.ingressPort,
      containerPort: port.containerPort,
      protocol: port.protocol,
      idleTimeoutSeconds: port.idleTimeoutSeconds,
      perRequestTimeoutSeconds: port.perRequestTimeoutSeconds,
    })),
    ...(logConfiguration?.options ? { logOptions: logConfiguration.options } : {}),
    ...(accessLogConfiguration?.format
      ? {
          accessLog: {
            format: accessLogConfiguration.format,
            includeQueryParameters: accessLogConfiguration.includeQueryParameters === "ENABLED",
          },
        }
      : {}),
  };
}

/**
 * The proxy as it is to run.
 * @param endpoints of each Cloud Map service; none of one that is gone
 */
export function proxySpec(
  taskId: string,
  networkNamespace: string,
  proxy: TaskProxyRecord,
  logFile: string,
  endpoints: ReadonlyMap<string, RouteEndpoints>,
): ProxySpec {
  return {
    taskId,
    networkNamespace,
    clients: proxy.clients.map(({ dnsName: _dnsName, serviceId, ...route }) => ({
      ...route,
      ...(endpoints.get(serviceId) ?? { endpoints: [] }),
    })),
    servers: proxy.servers,
    logFile,
    ...(proxy.accessLog ? { accessLog: proxy.accessLog } : {}),
  };
}
