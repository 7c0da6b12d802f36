import type { ContainerDefinition, NetworkMode, PortMapping } from "@aws-sdk/client-ecs";
import { clientError } from "../errors.ts";
import { refuseUnsupported } from "../supported.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PortMapping.html */
const PORT_NAME = /^[a-z0-9_][a-z0-9_-]{0,63}$/;
const MAX_PORT = 65_535;
const MAX_RANGES = 100;

/** The ports of a mapping: one, or a range. */
interface Ports {
  first: number;
  last: number;
  protocol: string;
  /** As in messages. */
  text: string;
}

/**
 * Checks the port mappings of a task's containers, each by itself and, where containers share an interface, together.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PortMapping.html
 * @throws AwsError ClientException with ECS's words; InvalidParameterException for what Neargate does not do yet
 */
export function validatePorts(containers: readonly ContainerDefinition[], networkMode: NetworkMode | undefined): void {
  for (const { name, portMappings = [] } of containers) {
    for (const mapping of portMappings) validateMapping(mapping, networkMode);
    if (portMappings.filter((mapping) => mapping.containerPortRange !== undefined).length > MAX_RANGES)
      throw clientError(`Container '${name}' has more than ${MAX_RANGES} port ranges.`);
  }
  if (networkMode !== "awsvpc" && networkMode !== "host") return;
  const mappings = containers.flatMap((container) => container.portMappings ?? []);
  const ports = mappings.map(portsOf);
  const taken = ports.find((one, index) => ports.slice(0, index).some((other) => overlap(one, other)));
  if (taken)
    throw clientError(
      `${taken.protocol.toUpperCase()} container port '${taken.text}' is used multiple times in task when networkMode=${networkMode}.`,
    );
  const names = mappings.flatMap(({ name }) => name ?? []);
  if (new Set(names).size < names.length)
    throw clientError(`When networkMode=${networkMode}, port mapping name is already used`);
}

function validateMapping(mapping: PortMapping, networkMode: NetworkMode | undefined): void {
  refuseUnsupported(
    mapping,
    ["containerPort", "containerPortRange", "hostPort", "protocol", "name", "appProtocol"],
    "containerDefinitions.portMappings",
  );
  if (mapping.containerPortRange === undefined) validateSingle(mapping, networkMode);
  else validateRange(mapping, networkMode);
  if (mapping.name !== undefined && !PORT_NAME.test(mapping.name))
    throw clientError(
      `Invalid port mapping name '${mapping.name}'. Up to 64 lowercase letters, numbers, underscores, and hyphens are allowed; it can't start with a hyphen.`,
    );
  if (mapping.appProtocol !== undefined && !mapping.name)
    throw clientError("Port mapping name must be specified when appProtocol is specified.");
  if (mapping.appProtocol !== undefined && mapping.protocol === "udp")
    throw clientError("appProtocol can only be specified for the tcp protocol.");
}

function validateSingle({ containerPort, hostPort }: PortMapping, networkMode: NetworkMode | undefined): void {
  if (containerPort === undefined || containerPort < 1 || containerPort > MAX_PORT)
    throw clientError(`Invalid 'containerPort' setting: it must be between 1 and ${MAX_PORT}.`);
  const shared = networkMode === "awsvpc" || networkMode === "host";
  if (shared && hostPort && hostPort !== containerPort)
    throw clientError(
      `When networkMode=${networkMode}, the host ports and container ports in port mappings must match.`,
    );
}

/** A name is Service Connect's, which leads to one port. */
function validateRange(mapping: PortMapping, networkMode: NetworkMode | undefined): void {
  const { containerPort, hostPort, name } = mapping;
  if (containerPort || hostPort) throw clientError("cannot specify both single port and port range");
  if (networkMode === "host") throw clientError("containerPortRange is not supported when networkMode=host.");
  if (name !== undefined) throw clientError("Port mapping name is not supported with containerPortRange.");
  const { first, last } = portsOf(mapping);
  if (!(first >= 1 && first < last && last <= MAX_PORT))
    throw clientError(
      `Invalid 'containerPortRange' setting: it must be two ports between 1 and ${MAX_PORT}, the first less than the last.`,
    );
}

/** A range that is none has NaN for ports. */
function portsOf({ containerPort, containerPortRange, protocol = "tcp" }: PortMapping): Ports {
  const [, first, last] = /^(\d{1,5})-(\d{1,5})$/.exec(containerPortRange ?? `${containerPort}-${containerPort}`) ?? [];
  return { first: Number(first), last: Number(last), protocol, text: containerPortRange ?? String(containerPort) };
}

function overlap(one: Ports, other: Ports): boolean {
  return one.protocol === other.protocol && one.first <= other.last && other.first <= one.last;
}
