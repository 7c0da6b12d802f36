import { scopeKey, type Scope } from "../../../base/scope.ts";
import type { CloudWatch } from "../cloudwatch.ts";
import type { HistoryRecord } from "../records.ts";
import { jsonText, type JsonValue } from "./json-text.ts";

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_AlarmHistoryItem.html */
const MAX_DATA = 4095;
const MAX_SUMMARY = 255;
/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-history.html */
export const HISTORY_KEPT_MS = 30 * 24 * 60 * 60 * 1000;

type HistoryData = { readonly [name: string]: JsonValue | undefined };

/** A new item, in the transaction of what it tells. Of data that is too long for an item, its simple members are kept. */
export async function addHistory(
  cloudwatch: CloudWatch,
  scope: Scope,
  { data, ...item }: Omit<HistoryRecord, "data"> & { data: HistoryData },
): Promise<void> {
  const text = jsonText(data);
  // They rise with the time, and items of one moment keep their order.
  const id = `${String(item.at.getTime()).padStart(15, "0")}-${cloudwatch.nextPlace()}-${cloudwatch.ids.hex(8)}`;
  await cloudwatch.records.history.insert(scopeKey(scope), id, {
    ...item,
    summary: item.summary.slice(0, MAX_SUMMARY),
    data: text.length <= MAX_DATA ? text : jsonText(simpleMembers(data)),
  });
}

function simpleMembers(data: HistoryData): HistoryData {
  return Object.fromEntries(Object.entries(data).filter(([, member]) => typeof member !== "object"));
}
