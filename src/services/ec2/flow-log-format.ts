import type { Scope } from "../../base/scope.ts";
import type { FlowSample } from "../../network/backend.ts";
import { invalidLogFormat, invalidParameter } from "./errors/connections.ts";
import type { NetworkInterfaceRecord } from "./records.ts";

/** What a record tells of: a flow of an interface in an interval, or that there was none. */
export interface FlowSubject {
  scope: Scope;
  networkInterface: NetworkInterfaceRecord;
  /** Seconds since 1970. */
  start: number;
  end: number;
  /** `undefined` when nothing flowed. */
  sample: FlowSample | undefined;
}

interface Field {
  /** The version of the format that brought it. */
  version: number;
  /** `undefined` where a record has nothing to tell. */
  value(subject: FlowSubject): string | number | undefined;
}

/** What stands for a value that there is none of. */
const NOTHING = "-";

/** What a flow log has unless told otherwise. */
export const DEFAULT_FORMAT =
  "${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} ${packets} ${bytes} ${start} ${end} ${action} ${log-status}";

const ofSample = (version: number, value: (sample: FlowSample) => string | number): Field => ({
  version,
  value: ({ sample }) => sample && value(sample),
});
const never = (version: number): Field => ({ version, value: () => undefined });

/** The fields that are known: https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html */
const FIELDS: Readonly<Record<string, Field>> = {
  "account-id": { version: 2, value: ({ scope }) => scope.account },
  "interface-id": { version: 2, value: ({ networkInterface }) => networkInterface.interfaceId },
  srcaddr: ofSample(2, (sample) => sample.sourceAddress),
  dstaddr: ofSample(2, (sample) => sample.destinationAddress),
  srcport: ofSample(2, (sample) => sample.sourcePort),
  dstport: ofSample(2, (sample) => sample.destinationPort),
  protocol: ofSample(2, (sample) => sample.protocol),
  packets: ofSample(2, (sample) => sample.packets),
  bytes: ofSample(2, (sample) => sample.bytes),
  start: { version: 2, value: ({ start }) => start },
  end: { version: 2, value: ({ end }) => end },
  action: ofSample(2, (sample) => sample.action),
  "log-status": { version: 2, value: ({ sample }) => (sample ? "OK" : "NODATA") },
  "vpc-id": { version: 3, value: ({ networkInterface }) => networkInterface.vpcId },
  "subnet-id": { version: 3, value: ({ networkInterface }) => networkInterface.subnetId },
  "instance-id": never(3), // no interface is of an instance
  type: ofSample(3, (sample) => (sample.sourceAddress.includes(":") ? "IPv6" : "IPv4")),
  region: { version: 4, value: ({ scope }) => scope.region },
  "az-id": { version: 4, value: ({ networkInterface }) => networkInterface.availabilityZoneId },
  "sublocation-type": never(4), // no subnet is in a Wavelength Zone, Local Zone or on an Outpost
  "sublocation-id": never(4),
  "flow-direction": ofSample(5, (sample) => sample.direction),
};

/** The fields that AWS has and that the data plane does not tell. */
const UNKNOWN_VALUES = new Set([
  "tcp-flags",
  "pkt-srcaddr",
  "pkt-dstaddr",
  "pkt-src-aws-service",
  "pkt-dst-aws-service",
  "traffic-path",
  "ecs-cluster-arn",
  "ecs-cluster-name",
  "ecs-container-instance-arn",
  "ecs-container-instance-id",
  "ecs-container-id",
  "ecs-second-container-id",
  "ecs-service-name",
  "ecs-task-definition-arn",
  "ecs-task-arn",
  "ecs-task-id",
  "reject-reason",
  "resource-id",
  "encryption-status",
]);

/**
 * Checks that records of a format can be written.
 * @throws AwsError ValidationError, InvalidParameter for a field whose values are not known
 */
export function checkFormat(format: string): void {
  if (!/^\$\{[a-z-]+\}( \$\{[a-z-]+\})*$/.test(format)) throw invalidLogFormat(format);
  for (const name of fieldsOf(format)) {
    if (UNKNOWN_VALUES.has(name)) throw invalidParameter(`The LogFormat field \${${name}} is not supported.`);
    if (name !== "version" && !Object.hasOwn(FIELDS, name)) throw invalidLogFormat(format);
  }
}

/** One record in a format that was checked. */
export function flowRecord(format: string, subject: FlowSubject): string {
  const names = fieldsOf(format);
  const version = Math.max(2, ...names.map((name) => FIELDS[name]?.version ?? 2));
  const values = names.map((name) => (name === "version" ? version : (FIELDS[name]!.value(subject) ?? NOTHING)));
  return values.join(" ");
}

function fieldsOf(format: string): string[] {
  return format.split(" ").map((field) => field.slice("${".length, -"}".length));
}
