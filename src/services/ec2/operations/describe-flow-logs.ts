import type { DescribeFlowLogsRequest, DescribeFlowLogsResult } from "@aws-sdk/client-ec2";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ec2 } from "../ec2.ts";
import { flowLogView } from "../flow-logs.ts";
import type { FlowLogRecord } from "../records.ts";
import { filterRecords, type FilterValues, page } from "../select.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeFlowLogs.html */
export function describeFlowLogs(ec2: Ec2) {
  return async (input: DescribeFlowLogsRequest, { scope }: RequestContext): Promise<DescribeFlowLogsResult> => {
    const all = await ec2.records.flowLogs.list(scopeKey(scope));
    // An id of no flow log is passed over, unlike in most of EC2.
    const named = input.FlowLogIds?.length ? all.filter((each) => input.FlowLogIds!.includes(each.flowLogId)) : all;
    const { items, NextToken } = page(filterRecords(named, input.Filter, FILTERS), input, (each) => each.flowLogId);
    return { FlowLogs: items.map((record) => flowLogView(record, scope)), NextToken };
  };
}

const FILTERS: FilterValues<FlowLogRecord> = {
  "deliver-log-status": (record) => [record.deliverError === undefined ? "SUCCESS" : "FAILED"],
  "flow-log-id": (record) => [record.flowLogId],
  "log-destination-type": () => ["cloud-watch-logs"],
  "log-group-name": (record) => [record.logGroupName],
  "resource-id": (record) => [record.resourceId],
  "traffic-type": (record) => [record.trafficType],
};
