import type {
  AlarmHistoryItem,
  DescribeAlarmHistoryInput,
  DescribeAlarmHistoryOutput,
} from "@aws-sdk/client-cloudwatch";
import { formatPageToken, readPageToken } from "../../../base/page-token.ts";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { timePlace } from "../alarms/history.ts";
import type { CloudWatch } from "../cloudwatch.ts";
import { invalidNextToken, notSupported } from "../errors.ts";
import type { HistoryRecord } from "../records.ts";

const DEFAULT_RECORDS = 100;

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarmHistory.html */
export function describeAlarmHistory({ records }: CloudWatch) {
  return async (input: DescribeAlarmHistoryInput, { scope }: RequestContext): Promise<DescribeAlarmHistoryOutput> => {
    const { AlarmName, AlarmContributorId, HistoryItemType, StartDate, EndDate, MaxRecords, NextToken, ScanBy } = input;
    if (AlarmContributorId !== undefined) throw notSupported("AlarmContributorId");
    const types = input.AlarmTypes ?? ["MetricAlarm"];
    const where = {
      ...(AlarmName === undefined ? {} : { alarmName: AlarmName }),
      ...(HistoryItemType === undefined ? {} : { type: HistoryItemType }),
      kind: [
        ...(types.includes("MetricAlarm") ? ["metric"] : []),
        ...(types.includes("CompositeAlarm") ? ["composite"] : []),
      ],
    };
    const from = StartDate ? timePlace(StartDate.getTime()) : "";
    const to = EndDate ? timePlace(EndDate.getTime() + 1) : "~";
    const ids = (await records.history.listIds(scopeKey(scope), where)).filter((id) => id >= from && id < to);
    const descending = ScanBy !== "TimestampAscending";
    if (descending) ids.reverse();
    const after = placeOf(NextToken);
    const left = after === undefined ? ids : ids.filter((id) => (descending ? id < after : id > after));
    const shown = left.slice(0, MaxRecords ?? DEFAULT_RECORDS);
    const items = await Promise.all(shown.map((id) => records.history.get(scopeKey(scope), id)));
    return {
      AlarmHistoryItems: items.flatMap((item) => (item ? [view(item)] : [])),
      ...(shown.length < left.length ? { NextToken: formatPageToken("alarm-history", [shown.at(-1)!]) } : {}),
    };
  };
}

function placeOf(token: string | undefined): string | undefined {
  if (token === undefined) return undefined;
  const [place] = readPageToken("alarm-history", token) ?? [];
  if (typeof place !== "string") throw invalidNextToken();
  return place;
}

function view({ alarmName, kind, type, at, summary, data }: HistoryRecord): AlarmHistoryItem {
  return {
    AlarmName: alarmName,
    AlarmType: kind === "metric" ? "MetricAlarm" : "CompositeAlarm",
    Timestamp: at,
    HistoryItemType: type,
    HistorySummary: summary,
    HistoryData: data,
  };
}
