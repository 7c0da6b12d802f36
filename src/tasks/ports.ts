import type { AssignPublicIp } from "@aws-sdk/client-ecs";
import type { Scope } from "../base/scope.ts";

/** An elastic network interface reserved for a task. */
export interface ReservedInterface {
  interfaceId: string;
  subnetId: string;
  availabilityZone: string;
  availabilityZoneId: string;
  vpcId: string;
  privateIp: string;
  macAddress: string;
  privateDnsName: string;
  publicIp?: string;
  /** In a dual-stack subnet. */
  ipv6Address?: string;
}

/** What a task needs of its VPC. The EC2 service provides it. */
export interface TaskNetworking {
  /**
   * Reserves an interface with its addresses, in the caller's transaction. The subnet is the one of `subnetIds` that
   * `pick` says.
   * @throws AwsError `InvalidSubnetID.NotFound`, `InvalidGroup.NotFound`, `InsufficientFreeAddressesInSubnet`, …
   */
  reserveInterface(
    scope: Scope,
    request: { subnetId: string; securityGroupIds: string[]; assignPublicIp: AssignPublicIp; description: string },
  ): Promise<ReservedInterface>;
  /** Checks subnets and groups as a whole: they exist and are of one VPC. Answers each subnet's zone. */
  checkPlacement(
    scope: Scope,
    request: { subnetIds: string[]; securityGroupIds: string[] },
  ): Promise<{ vpcId: string; subnets: { subnetId: string; availabilityZone: string }[] }>;
  /** Makes the reserved interface real; may be repeated. */
  attachInterface(scope: Scope, interfaceId: string): Promise<AttachedInterface>;
  /** Takes it down and gives its addresses back; may be repeated, and for an interface that never was attached. */
  releaseInterface(scope: Scope, interfaceId: string): Promise<void>;
}

export interface AttachedInterface {
  /** A path that a container's network namespace can be joined by. */
  networkNamespace: string;
  /** For resolv.conf. */
  nameservers: string[];
  searchDomains: string[];
}

export interface LogEvent {
  /** Milliseconds since 1970. */
  timestamp: number;
  message: string;
}

/** Where the output of containers goes. The CloudWatch Logs service provides it. */
export interface LogSink {
  /**
   * Makes the stream, and the group when `createGroup`.
   * @throws AwsError `ResourceNotFoundException` when the group is missing
   */
  ensureStream(scope: Scope, group: string, stream: string, createGroup: boolean): Promise<void>;
  /** Stores events, and with them, atomically, how far the source has been read. */
  append(
    scope: Scope,
    group: string,
    stream: string,
    events: LogEvent[],
    checkpoint: { source: string; offset: number },
  ): Promise<void>;
  /** How far a source was read: the offset of its last {@link append}, 0 when there was none. */
  checkpoint(source: string): Promise<number>;
  /** Forgets a source that has ended. */
  dropCheckpoint(source: string): Promise<void>;
}

/** One container's output on its way to its log stream. */
export interface LogRoute {
  /** The container's id; names the source. */
  containerId: string;
  scope: Scope;
  group: string;
  stream: string;
  stdoutPath: string;
  stderrPath: string;
}

/** Ships what containers write into the log store. */
export interface LogShipper {
  /** Follows the container's files from where it was left; may be repeated. */
  follow(route: LogRoute): Promise<void>;
  /** Ships what is left after the container ended, then forgets the source and removes the files. */
  finish(route: LogRoute): Promise<void>;
  /** Stops following everything; offsets are kept. */
  stop(): Promise<void>;
}
