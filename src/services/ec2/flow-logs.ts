import type { FlowLog } from "@aws-sdk/client-ec2";
import { formatArn } from "../../base/arn.ts";
import type { Scope } from "../../base/scope.ts";
import { DEFAULT_FORMAT } from "./flow-log-format.ts";
import type { FlowLogRecord, NetworkInterfaceRecord } from "./records.ts";

/** A line of a log. */
export interface FlowLogEvent {
  /** Milliseconds since 1970. */
  timestamp: number;
  message: string;
}

/** Where flow logs are delivered: CloudWatch Logs. */
export interface FlowLogSink {
  /** Whether the role of a flow log is there and trusts flow logs. */
  takesOnRole(scope: Scope, flowLog: FlowLogRecord): Promise<boolean>;
  /**
   * Stores events as the flow log's role; makes the group and the stream where they are missing.
   * @throws FlowLogAccessError
   */
  append(scope: Scope, flowLog: FlowLogRecord, stream: string, events: FlowLogEvent[]): Promise<void>;
}

/** The role of a flow log may not deliver it. */
export class FlowLogAccessError extends Error {
  override readonly name = "FlowLogAccessError";
}

/** The interfaces that a flow log tells of, among those of its VPC. */
export function watchedInterfaces(
  { resourceId, vpcId }: FlowLogRecord,
  interfaces: readonly NetworkInterfaceRecord[],
): NetworkInterfaceRecord[] {
  return interfaces.filter((each) =>
    resourceId === vpcId ? each.vpcId === vpcId : each.subnetId === resourceId || each.interfaceId === resourceId,
  );
}

/** The log stream of an interface: `eni-0123…-all`. */
export function streamName({ trafficType }: FlowLogRecord, { interfaceId }: NetworkInterfaceRecord): string {
  return `${interfaceId}-${trafficType.toLowerCase()}`;
}

/** A flow log as the API shows it. */
export function flowLogView(record: FlowLogRecord, scope: Scope): FlowLog {
  const { deliverError } = record;
  return {
    FlowLogId: record.flowLogId,
    FlowLogStatus: "ACTIVE",
    CreationTime: record.createdAt,
    ResourceId: record.resourceId,
    TrafficType: record.trafficType,
    LogDestinationType: "cloud-watch-logs",
    LogDestination: formatArn("logs", scope, `log-group:${record.logGroupName}`),
    LogGroupName: record.logGroupName,
    LogFormat: record.logFormat ?? DEFAULT_FORMAT,
    MaxAggregationInterval: record.maxAggregationInterval,
    DeliverLogsPermissionArn: record.deliverLogsPermissionArn,
    DeliverLogsStatus: deliverError === undefined ? "SUCCESS" : "FAILED",
    ...(deliverError === undefined ? {} : { DeliverLogsErrorMessage: deliverError }),
    Tags: record.tags,
  };
}
