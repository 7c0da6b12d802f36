import type {
  AlarmHistoryItem,
  DescribeAlarmHistoryInput,
  DescribeAlarmHistoryOutput,
} from "@aws-sdk/client-cloudwatch";
import { formatPageToken, readPageToken } from "../../../base/page-token.ts";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
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
    const size = MaxRecords ?? DEFAULT_RECORDS;
    const ids = await records.history.listIds(scopeKey(scope), where, {
      ...(StartDate ? { from: { at: StartDate.getTime() } } : {}),
      ...(EndDate ? { to: { at: EndDate.getTime() } } : {}),
      after: placeOf(NextToken),
      limit: size + 1,
      descending: ScanBy !== "TimestampAscending",
    });
    const shown = ids.slice(0, size);
    const items = await Promise.all(shown.map((id) => records.history.get(scopeKey(scope), id)));
    return {
      AlarmHistoryItems: items.flatMap((item) => (item ? [view(item)] : [])),
      ...(ids.length > size ? { NextToken: formatPageToken("alarm-history", [shown.at(-1)!]) } : {}),
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
