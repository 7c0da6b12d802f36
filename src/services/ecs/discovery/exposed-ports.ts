import type {
  PortMapping,
  ServiceConnectConfiguration,
  ServiceConnectService,
  ServiceConnectTestTrafficRules,
  TaskDefinition,
  TimeoutConfiguration,
} from "@aws-sdk/client-ecs";
import type { ProxyHeaderRule, ProxyProtocol } from "../../../balancer/service-connect.ts";
import { invalidParameter, notSupportedYet } from "../errors.ts";
import { refuseUnsupported } from "../supported.ts";
import { validateLogs } from "../task-definition/validate-logs.ts";
import type { ExposedPort } from "./deployment-discovery.ts";

const AT = "serviceConnectConfiguration";
/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceConnectService.html */
const DISCOVERY_NAME = /^[a-z0-9_][a-z0-9_-]{0,63}$/;
/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceConnectClientAlias.html */
const DNS_NAME = /^[a-z0-9_.][a-z0-9_.-]{0,126}$/;

/** Of a header that test traffic is told by. */
const HEADER_NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,255}$/;
const HEADER_VALUE = /^[\x21-\x7e]([\x20-\x7e]{0,1022}[\x21-\x7e])?$/;

/** Seconds; https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-connect-concepts-deploy.html */
const IDLE_TIMEOUT = { tcp: 3600, http: 300, http2: 300, grpc: 300 } as const;
const REQUEST_TIMEOUT = 15;

/**
 * Checks a Service Connect configuration by itself and against the task definition.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceConnectConfiguration.html
 * @param namespaceName for the names of aliases that have none
 * @throws AwsError InvalidParameterException
 */
export function exposedPorts(
  configuration: ServiceConnectConfiguration,
  definition: TaskDefinition,
  namespaceName: string,
): ExposedPort[] {
  checkSettings(configuration);
  const mappings = (definition.containerDefinitions ?? []).flatMap((container) => container.portMappings ?? []);
  const ports = (configuration.services ?? []).map((service) => exposedPort(service, mappings, namespaceName));
  refuseRepeated(
    ports.map((port) => port.discoveryName),
    "discoveryName",
  );
  refuseRepeated(
    ports.map((port) => `${port.dnsName}:${port.aliasPort}`),
    "clientAlias",
  );
  refuseRepeated(
    ports.map((port) => String(port.ingressPort)),
    "ingress port",
  );
  for (const { ingressPort, containerPort } of ports)
    if (ingressPort !== containerPort && mappings.some((mapping) => mapping.containerPort === ingressPort))
      throw invalidParameter(`ingressPortOverride ${ingressPort} is used by a port mapping of the task definition.`);
  return ports;
}

/** What concerns the proxy as a whole. */
function checkSettings(configuration: ServiceConnectConfiguration): void {
  refuseUnsupported(
    configuration,
    ["enabled", "namespace", "services", "logConfiguration", "accessLogConfiguration", "containerConfigurations"],
    AT,
  );
  for (const { logLevel } of configuration.containerConfigurations ?? [])
    if (logLevel !== undefined && logLevel.toLowerCase() !== "info")
      throw notSupportedYet(`${AT}.containerConfigurations.logLevel ${logLevel}`);
  const { logConfiguration, accessLogConfiguration } = configuration;
  if (accessLogConfiguration && !logConfiguration)
    throw invalidParameter("A logConfiguration must be specified to enable Service Connect access logs.");
  if (!logConfiguration) return;
  validateLogs(logConfiguration, `${AT}.logConfiguration`, { refuse: invalidParameter, drivers: ["awslogs"] });
  if (!logConfiguration.options?.["awslogs-stream-prefix"])
    throw invalidParameter(
      "Fargate requires log configuration options to include awslogs-stream-prefix to support log driver awslogs.",
    );
}

function exposedPort(
  service: ServiceConnectService,
  mappings: readonly PortMapping[],
  namespaceName: string,
): ExposedPort {
  refuseUnsupported(
    service,
    ["portName", "discoveryName", "clientAliases", "ingressPortOverride", "timeout"],
    `${AT}.services`,
  );
  const { portName } = service;
  const mapping = mappings.find(({ name }) => name !== undefined && name === portName);
  if (!mapping)
    throw invalidParameter(
      `The portName '${portName}' does not refer to any named PortMapping in the task definition.`,
    );
  if (mapping.protocol === "udp") throw invalidParameter(`The portName '${portName}' refers to a udp PortMapping.`);
  const discoveryName = service.discoveryName || portName!;
  if (!DISCOVERY_NAME.test(discoveryName)) throw invalidParameter(`Invalid discoveryName '${discoveryName}'.`);
  const [alias, ...more] = service.clientAliases ?? [];
  if (!alias || more.length) throw invalidParameter("clientAliases must have 1 element.");
  refuseUnsupported(alias, ["port", "dnsName", "testTrafficRules"], `${AT}.services.clientAliases`);
  const dnsName = alias.dnsName || `${discoveryName}.${namespaceName}`;
  if (!DNS_NAME.test(dnsName)) throw invalidParameter(`Invalid dnsName '${dnsName}' in clientAliases.`);
  const protocol: ProxyProtocol = mapping.appProtocol ?? "tcp";
  return {
    discoveryName,
    dnsName,
    aliasPort: checkPort(alias.port, "clientAliases.port"),
    containerPort: mapping.containerPort!,
    ingressPort: checkPort(service.ingressPortOverride ?? mapping.containerPort, "ingressPortOverride"),
    protocol,
    ...timeouts(service.timeout, protocol),
    ...testHeader(alias.testTrafficRules, protocol),
  };
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceConnectTestTrafficHeaderRules.html */
function testHeader(
  rules: ServiceConnectTestTrafficRules | undefined,
  protocol: ProxyProtocol,
): { testHeader?: ProxyHeaderRule } {
  if (!rules) return {};
  if (protocol === "tcp")
    throw invalidParameter("testTrafficRules can only be set if Service Connect appProtocol isn't TCP.");
  const { name = "", value } = rules.header ?? {};
  if (!HEADER_NAME.test(name)) throw invalidParameter(`Invalid header name '${name}' in testTrafficRules.`);
  if (!value) return { testHeader: { name } };
  if (!HEADER_VALUE.test(value.exact ?? ""))
    throw invalidParameter(`Invalid header value '${value.exact ?? ""}' in testTrafficRules.`);
  return { testHeader: { name, value: value.exact! } };
}

function checkPort(port: number | undefined, name: string): number {
  if (port === undefined || port < 1 || port > 65_535)
    throw invalidParameter(`Invalid '${name}' setting: it must be between 1 and 65535.`);
  return port;
}

function timeouts(
  given: TimeoutConfiguration | undefined,
  protocol: ProxyProtocol,
): Pick<ExposedPort, "idleTimeoutSeconds" | "perRequestTimeoutSeconds"> {
  const { idleTimeoutSeconds = IDLE_TIMEOUT[protocol], perRequestTimeoutSeconds } = given ?? {};
  for (const [name, value] of Object.entries({ idleTimeoutSeconds, perRequestTimeoutSeconds }))
    if (value !== undefined && value < 0) throw invalidParameter(`${name} must be at least 0.`);
  if (protocol === "tcp" && perRequestTimeoutSeconds !== undefined)
    throw invalidParameter("perRequestTimeoutSeconds can only be set if Service Connect appProtocol isn't TCP.");
  return {
    idleTimeoutSeconds,
    perRequestTimeoutSeconds: perRequestTimeoutSeconds ?? (protocol === "tcp" ? 0 : REQUEST_TIMEOUT),
  };
}

function refuseRepeated(values: readonly string[], what: string): void {
  const repeated = values.find((value, index) => values.indexOf(value) !== index);
  if (repeated !== undefined)
    throw invalidParameter(`Each Service Connect service must have a unique ${what}; '${repeated}' is repeated.`);
}
