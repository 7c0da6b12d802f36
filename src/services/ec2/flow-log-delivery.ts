import { formatArn } from "../../base/arn.ts";
import type { Clock } from "../../base/clock.ts";
import { AwsError } from "../../base/errors.ts";
import type { Scope } from "../../base/scope.ts";
import { AccessDenied, type Authorizer } from "../../identity/authorization.ts";
import type { Caller } from "../../identity/caller.ts";
import { rolePrincipal } from "../../identity/principal.ts";
import type { ServiceRoles } from "../../identity/service-roles.ts";
import type { LogSink } from "../../tasks/ports.ts";
import type { ServiceDefinition } from "../../wire/service.ts";
import { FlowLogAccessError, type FlowLogEvent, type FlowLogSink } from "./flow-logs.ts";
import type { FlowLogRecord } from "./records.ts";

/** The service that takes on the roles of flow logs, as trust policies name it. */
const FLOW_LOGS = "vpc-flow-logs.amazonaws.com";

/** Sessions of a role last an hour unless told otherwise. */
const SESSION_MS = 60 * 60 * 1000;

export interface FlowLogDeliveryParts {
  /** What takes the output of containers. */
  sink: LogSink;
  /** CloudWatch Logs, which says what its operations need. */
  logs: ServiceDefinition;
  authorizer: Authorizer;
  roles: ServiceRoles;
  clock: Clock;
}

/**
 * Delivers flow logs to CloudWatch Logs, each as its role: what that may not do by the API is not done.
 * https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html
 */
export class FlowLogDelivery implements FlowLogSink {
  private readonly parts: FlowLogDeliveryParts;

  constructor(parts: FlowLogDeliveryParts) {
    this.parts = parts;
  }

  async takesOnRole(scope: Scope, flowLog: FlowLogRecord): Promise<boolean> {
    return (await this.callerOf(scope, flowLog)) !== undefined;
  }

  async append(scope: Scope, flowLog: FlowLogRecord, stream: string, events: FlowLogEvent[]): Promise<void> {
    const { sink } = this.parts;
    const { logGroupName: group, deliverLogsPermissionArn } = flowLog;
    const caller = await this.callerOf(scope, flowLog);
    if (!caller) throw new FlowLogAccessError(`unable to assume ${deliverLogsPermissionArn}`);
    const inStream = { logGroupName: group, logStreamName: stream };
    await this.authorize(caller, scope, "CreateLogStream", inStream);
    await this.authorize(caller, scope, "PutLogEvents", inStream);
    await sink.ensureStream(scope, group, stream, false).catch(async (cause: unknown) => {
      if (!(cause instanceof AwsError) || cause.code !== "ResourceNotFoundException") throw cause;
      await this.authorize(caller, scope, "CreateLogGroup", { logGroupName: group });
      await sink.ensureStream(scope, group, stream, true);
    });
    await sink.append(scope, group, stream, events, { source: "vpc-flow-logs", offset: events.at(-1)?.timestamp ?? 0 });
  }

  /** @returns `undefined` when the role is not there or does not trust flow logs */
  private async callerOf(scope: Scope, flowLog: FlowLogRecord): Promise<Caller | undefined> {
    const { roles, clock } = this.parts;
    const { account, region } = scope;
    const at = clock.now();
    const arn = formatArn("ec2", scope, `vpc-flow-log/${flowLog.flowLogId}`);
    const role = await roles.takeOn(flowLog.deliverLogsPermissionArn, FLOW_LOGS, { account, region, arn, at });
    if (!role) return undefined;
    const facts = { issuedAt: Math.floor(at / 1000) * 1000, expiresAt: at + SESSION_MS };
    return {
      // Never handed out: it has no keys.
      principal: rolePrincipal(role, "vpc-flow-logs", facts, ""),
      region,
      userAgent: FLOW_LOGS,
      secureTransport: true,
      at,
    };
  }

  private async authorize(caller: Caller, scope: Scope, operation: string, input: object): Promise<void> {
    const { authorizer, logs } = this.parts;
    const checks = await logs.requirements(operation, input, { scope, caller, principal: caller.principal });
    await authorizer.authorize(caller, checks).catch((cause: unknown) => {
      throw cause instanceof AccessDenied ? new FlowLogAccessError(cause.message) : cause;
    });
  }
}
