import type { Dimension, MetricDatum, StatisticSet } from "@aws-sdk/client-cloudwatch";
import { invalidCombination, invalidParameter, invalidValue, missingParameter, mutuallyExclusive } from "../errors.ts";
import { metricId } from "./metric-id.ts";
import type { PutDatum } from "./metric-store.ts";
import { summaryOf, summaryOfSet, type Summary } from "./summary.ts";

const MAX_VALUES = 150;
const MAX_SIZE = 2 ** 360;
const TWO_WEEKS_MS = 14 * 24 * 60 * 60 * 1000;
const TWO_HOURS_MS = 2 * 60 * 60 * 1000;
const MINUTE = 60;
/** Printable characters of ASCII, one of which is no space. */
const TEXT = /^(?=.*[!-~])[ -~]+$/;

/**
 * A datum of a request, checked.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html
 * @param parameter as errors name it: `MetricData.member.1`
 * @throws AwsError
 */
export function givenDatum(namespace: string, datum: MetricDatum, parameter: string, nowMs: number): PutDatum {
  const { MetricName, Dimensions, Timestamp, StorageResolution = MINUTE, Unit } = datum;
  if (StorageResolution !== 1 && StorageResolution !== MINUTE)
    throw invalidParameter(StorageResolution, `${parameter}.StorageResolution`);
  checkDimensions(Dimensions ?? [], parameter);
  const at = Timestamp?.getTime() ?? nowMs;
  if (at < nowMs - TWO_WEEKS_MS)
    throw invalidValue(`The parameter ${parameter}.Timestamp must specify a time no earlier than two weeks ago.`);
  if (at > nowMs + TWO_HOURS_MS)
    throw invalidValue(`The parameter ${parameter}.Timestamp must specify a time within the next two hours.`);
  return {
    metric: metricId(namespace, MetricName!, Dimensions),
    time: Math.floor(at / 1000 / StorageResolution) * StorageResolution,
    resolution: StorageResolution,
    unit: Unit ?? "None",
    summary: summaryIn(datum, parameter),
  };
}

function checkDimensions(dimensions: readonly Dimension[], parameter: string): void {
  for (const [index, { Name, Value }] of dimensions.entries()) {
    const place = `${parameter}.Dimensions.member.${index + 1}`;
    if (!TEXT.test(Name!) || Name!.startsWith(":")) throw invalidParameter(Name, `${place}.Name`);
    if (!TEXT.test(Value!)) throw invalidParameter(Value, `${place}.Value`);
  }
  if (new Set(dimensions.map(({ Name }) => Name)).size < dimensions.length)
    throw invalidValue(`No Metric may specify the same dimension name twice.`);
}

function summaryIn({ Value, Values, Counts, StatisticValues }: MetricDatum, parameter: string): Summary {
  const value = `${parameter}.Value`;
  const values = `${parameter}.Values`;
  const set = `${parameter}.StatisticValues`;
  if (Value !== undefined && Values?.length) throw mutuallyExclusive(value, values);
  if (Value !== undefined && StatisticValues) throw mutuallyExclusive(value, set);
  if (Values?.length && StatisticValues) throw mutuallyExclusive(values, set);
  if (Value !== undefined) return summaryOf([[checked(Value, value), 1]]);
  if (StatisticValues) return setIn(StatisticValues, set);
  if (!Values?.length) throw missingParameter(`${value}, ${values} or ${set}`);
  if (Values.length > MAX_VALUES)
    throw invalidValue(`The collection ${values} must not have a size greater than ${MAX_VALUES}.`);
  if (Counts?.length && Counts.length !== Values.length)
    throw invalidValue(`The parameters ${values} and ${parameter}.Counts must be of the same size.`);
  const pairs = Values.map((each, index) => {
    const count = Counts?.[index] ?? 1;
    if (!(count > 0 && count <= MAX_SIZE)) throw invalidParameter(count, `${parameter}.Counts.member.${index + 1}`);
    return [checked(each, `${values}.member.${index + 1}`), count] as const;
  });
  return summaryOf(pairs);
}

function setIn({ SampleCount, Sum, Minimum, Maximum }: StatisticSet, set: string): Summary {
  const count = checked(SampleCount!, `${set}.SampleCount`);
  const [sum, min, max] = [
    checked(Sum!, `${set}.Sum`),
    checked(Minimum!, `${set}.Minimum`),
    checked(Maximum!, `${set}.Maximum`),
  ];
  if (!(count > 0)) throw invalidParameter(count, `${set}.SampleCount`);
  if (max < min)
    throw invalidCombination(`The parameter ${set}.Maximum must be greater than or equal to ${set}.Minimum.`);
  return summaryOfSet({ count, sum, min, max });
}

function checked(value: number, parameter: string): number {
  if (!(Math.abs(value) <= MAX_SIZE)) throw invalidParameter(value, parameter);
  return value;
}
