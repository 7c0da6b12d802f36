import type { CreateFlowLogsRequest, CreateFlowLogsResult, UnsuccessfulItem } from "@aws-sdk/client-ec2";
import { parseArn } from "../../../base/arn.ts";
import { AwsError } from "../../../base/errors.ts";
import { ec2Id } from "../../../base/ids.ts";
import { type Scope, scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { madeEarlier } from "../client-tokens.ts";
import type { Ec2 } from "../ec2.ts";
import { missingParameter, unsupported } from "../errors.ts";
import { flowLogExists, invalidParameter, unableToAssume } from "../errors/connections.ts";
import { existing } from "../existing.ts";
import { checkFormat } from "../flow-log-format.ts";
import type { FlowLogRecord } from "../records.ts";
import { specifiedTags } from "../tags.ts";

type Settings = Pick<
  FlowLogRecord,
  "trafficType" | "logGroupName" | "deliverLogsPermissionArn" | "maxAggregationInterval" | "logFormat" | "tags"
>;

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateFlowLogs.html */
export function createFlowLogs(ec2: Ec2) {
  return async (input: CreateFlowLogsRequest, { scope }: RequestContext): Promise<CreateFlowLogsResult> => {
    refuseUnsupported(input);
    const settings = settingsOf(input, scope);
    const { ClientToken, ResourceIds = [], ResourceType = "" } = input;
    const clientToken = ClientToken ?? ec2.ids.uuid();
    const { flowLogs, Unsuccessful } = await ec2.store.transaction(async () => {
      const all = await ec2.records.flowLogs.list(scopeKey(scope));
      const isAsked = ({ resourceId, logGroupName, trafficType }: FlowLogRecord) =>
        ResourceIds.includes(resourceId) &&
        logGroupName === settings.logGroupName &&
        trafficType === settings.trafficType;
      if (madeEarlier(all, clientToken, isAsked))
        return { flowLogs: all.filter((each) => each.clientToken === clientToken), Unsuccessful: [] };
      const made: FlowLogRecord[] = [];
      const failed: UnsuccessfulItem[] = [];
      for (const resourceId of new Set(ResourceIds)) {
        const vpcId = await vpcOf(ec2, scope, ResourceType, resourceId).catch(unsuccessful(resourceId, failed));
        if (vpcId === undefined) continue;
        if (all.some((each) => each.resourceId === resourceId && each.logGroupName === settings.logGroupName))
          throw flowLogExists();
        const createdAt = new Date(ec2.clock.now());
        made.push({ ...settings, flowLogId: ec2Id(ec2.ids, "fl"), resourceId, vpcId, createdAt, clientToken });
      }
      for (const record of made)
        if (!(await ec2.takesOnRole(scope, record))) throw unableToAssume(record.deliverLogsPermissionArn);
      for (const record of made) await ec2.records.flowLogs.insert(scopeKey(scope), record.flowLogId, record);
      return { flowLogs: made, Unsuccessful: failed };
    });
    for (const vpcId of new Set(flowLogs.map((each) => each.vpcId))) await ec2.publishTopology(scope, vpcId);
    return { ClientToken: clientToken, FlowLogIds: flowLogs.map((each) => each.flowLogId), Unsuccessful };
  };
}

/** What flow logs may be in AWS and cannot be here. */
function refuseUnsupported(input: CreateFlowLogsRequest): void {
  const { LogDestinationType: type = "cloud-watch-logs", ResourceType = "" } = input;
  if (type !== "cloud-watch-logs") throw unsupported(`the LogDestinationType ${type}`);
  if (!["VPC", "Subnet", "NetworkInterface"].includes(ResourceType))
    throw unsupported(`flow logs of the resource type ${ResourceType}`);
  if (input.DeliverCrossAccountRole !== undefined) throw unsupported("DeliverCrossAccountRole");
  if (input.TagFieldSpecifications?.length) throw unsupported("TagFieldSpecifications");
  if (input.DestinationOptions)
    throw invalidParameter("DestinationOptions can't be specified if LogDestinationType is cloud-watch-logs.");
}

function settingsOf(input: CreateFlowLogsRequest, scope: Scope): Settings {
  const { TrafficType, DeliverLogsPermissionArn: role, MaxAggregationInterval: interval = 600, LogFormat } = input;
  if (!TrafficType) throw missingParameter("The request must contain the parameter TrafficType");
  const logGroupName = logGroupOf(input, scope);
  if (!role)
    throw invalidParameter("DeliverLogsPermissionArn can't be empty if LogDestinationType is cloud-watch-logs.");
  const arn = parseArn(role);
  if (arn?.service !== "iam" || !arn.resource.startsWith("role/"))
    throw invalidParameter("Invalid DeliverLogsPermissionArn");
  if (interval !== 60 && interval !== 600) throw invalidParameter("Invalid Flow Log Max Aggregation Interval");
  if (LogFormat !== undefined) checkFormat(LogFormat);
  return {
    trafficType: TrafficType,
    logGroupName,
    deliverLogsPermissionArn: role,
    maxAggregationInterval: interval,
    ...(LogFormat === undefined ? {} : { logFormat: LogFormat }),
    tags: specifiedTags(input.TagSpecifications, "vpc-flow-log"),
  };
}

/** The log group by name, or by ARN as CloudWatch Logs writes it, with or without `:*`. */
function logGroupOf({ LogGroupName: name, LogDestination: destination }: CreateFlowLogsRequest, scope: Scope): string {
  if (name && destination) throw invalidParameter("Please only provide LogGroupName or only provide LogDestination.");
  if (name) return checkedGroupName(name);
  if (!destination) throw invalidParameter("LogDestination can't be empty if LogGroupName is not provided.");
  const arn = parseArn(destination);
  const own = arn?.service === "logs" && arn.region === scope.region && arn.account === scope.account;
  const group = own ? /^log-group:([^:]+)(:\*)?$/.exec(arn.resource)?.[1] : undefined;
  if (group === undefined) throw invalidParameter(`LogDestination: ${destination} is not a valid log group ARN.`);
  return checkedGroupName(group);
}

function checkedGroupName(name: string): string {
  if (!/^[\w./#-]{1,512}$/.test(name)) throw invalidParameter(`LogGroupName: ${name} is not a valid log group name.`);
  return name;
}

/** @throws AwsError `Invalid….NotFound`, `Invalid….Malformed` */
async function vpcOf({ records }: Ec2, scope: Scope, type: string, resourceId: string): Promise<string> {
  if (type === "VPC") return (await existing(records.vpcs, scope, "vpc", resourceId)).vpcId;
  if (type === "Subnet") return (await existing(records.subnets, scope, "subnet", resourceId)).vpcId;
  return (await existing(records.interfaces, scope, "eni", resourceId)).vpcId;
}

/** Notes an error of one resource beside those that worked. */
function unsuccessful(ResourceId: string, items: UnsuccessfulItem[]): (cause: unknown) => undefined {
  return (cause) => {
    if (!(cause instanceof AwsError)) throw cause;
    items.push({ ResourceId, Error: { Code: cause.code, Message: cause.message } });
  };
}
