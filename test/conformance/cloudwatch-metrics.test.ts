import {
  GetMetricDataCommand,
  GetMetricStatisticsCommand,
  ListMetricsCommand,
  PutMetricDataCommand,
  SetAlarmStateCommand,
  type CloudWatchClient,
  type MetricDatum,
} from "@aws-sdk/client-cloudwatch";
import { AwsQueryProtocol, AwsSmithyRpcV2CborProtocol } from "@aws-sdk/core/protocols";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TestEngine } from "../support/engine.ts";
import { ago, clientOf, putData, refused } from "./cloudwatch/kit.ts";

/* Metrics as clients see them. */

let engine: TestEngine;
let cloudwatch: CloudWatchClient;

beforeAll(async () => {
  engine = await TestEngine.start(["--compute", "simulated"]);
  cloudwatch = clientOf(engine);
});
afterAll(() => engine?.stop());

const put = (namespace: string, ...data: MetricDatum[]) => putData(cloudwatch, namespace, ...data);

describe.concurrent("metrics", () => {
  const range = () => ({ StartTime: ago(600), EndTime: ago(-60) });

  test.each([
    ["awsJson1_0", undefined],
    ["rpcv2Cbor", AwsSmithyRpcV2CborProtocol],
    ["awsQuery", AwsQueryProtocol],
  ])("go over %s", async (name, protocol) => {
    const spoken = clientOf(engine, protocol);
    const data = [{ MetricName: "m", Values: [1, 2, 3], Counts: [1, 1, 2], Unit: "Milliseconds" as const }];
    await spoken.send(new PutMetricDataCommand({ Namespace: `Over ${name}`, MetricData: data }));
    const { Datapoints } = await spoken.send(
      new GetMetricStatisticsCommand({
        ...range(),
        Namespace: `Over ${name}`,
        MetricName: "m",
        Period: 60,
        Statistics: ["Sum", "SampleCount", "Average", "Minimum", "Maximum"],
      }),
    );
    expect(Datapoints).toEqual([
      expect.objectContaining({ Sum: 9, SampleCount: 4, Average: 2.25, Minimum: 1, Maximum: 3, Unit: "Milliseconds" }),
    ]);
    await expect(
      spoken.send(new SetAlarmStateCommand({ AlarmName: "none", StateValue: "OK", StateReason: "" })),
    ).rejects.toEqual(refused("ResourceNotFound", 404));
  });

  test("of compressed bodies, statistic sets, percentiles and several units", async () => {
    // Bodies of more than 10 kB are sent compressed.
    const Timestamp = ago(120); // one of all: two could be of two periods
    const many = Array.from({ length: 300 }, (_, i) => ({ MetricName: "big", Value: i + 1, Timestamp }));
    await put("Shapes", ...many);
    await put("Shapes", {
      MetricName: "set",
      StatisticValues: { SampleCount: 4, Sum: 20, Minimum: 2, Maximum: 8 },
      Unit: "Seconds",
    });
    await put("Shapes", { MetricName: "set", Value: 7, Unit: "Bytes" });
    const statistics = (MetricName: string, more: object) =>
      cloudwatch.send(
        new GetMetricStatisticsCommand({
          ...range(),
          Namespace: "Shapes",
          MetricName,
          Period: 600,
          ...(more as { Statistics: ["Sum"] }),
        }),
      );
    const big = await statistics("big", { ExtendedStatistics: ["p50", "p99", "tm90", "TC(1:100)"] });
    expect(big.Datapoints![0]!.ExtendedStatistics).toMatchObject({ p99: expect.closeTo(297, -1) });
    const set = await statistics("set", { Statistics: ["Average"] });
    expect(set.Datapoints!.map(({ Average, Unit }) => [Unit, Average]).toSorted()).toEqual([
      ["Bytes", 7],
      ["Seconds", 5],
    ]);
    const percentiles = await statistics("set", { ExtendedStatistics: ["p90"] });
    expect(percentiles.Datapoints!.map(({ Unit }) => Unit)).toEqual(["Bytes"]);
  });

  test("are listed by name, dimension and activity, page by page", async () => {
    const data = Array.from({ length: 600 }, (_, i) => ({
      MetricName: i % 2 ? "odd" : "even",
      Dimensions: [{ Name: "i", Value: String(i) }],
      Value: 1,
      Timestamp: ago(i < 10 ? 4 * 3600 : 0),
    }));
    await put("Many", ...data);
    const list = (more: object) => cloudwatch.send(new ListMetricsCommand({ Namespace: "Many", ...more }));
    const first = await list({});
    expect(first.Metrics).toHaveLength(500);
    expect((await list({ NextToken: first.NextToken })).Metrics).toHaveLength(100);
    expect((await list({ MetricName: "odd" })).Metrics).toHaveLength(300);
    expect((await list({ MetricName: "even", RecentlyActive: "PT3H" })).Metrics).toHaveLength(295);
    expect((await list({ Dimensions: [{ Name: "i", Value: "7" }] })).Metrics).toHaveLength(1);
    await expect(list({ NextToken: "x" })).rejects.toEqual(refused("InvalidParameterValueException", 400));
  });

  test("are computed with", async () => {
    const now = Math.floor(Date.now() / 60_000) * 60_000; // once: the next minute may begin at any line
    const minute = (n: number) => new Date(now - n * 60_000);
    for (const n of [1, 2, 3])
      await put(
        "Math",
        { MetricName: "errors", Value: n, Timestamp: minute(n) },
        { MetricName: "requests", Value: 10 * n * n, Timestamp: minute(n) },
      );
    const stat = (Id: string, MetricName: string) => ({
      Id,
      ReturnData: false,
      MetricStat: { Metric: { Namespace: "Math", MetricName }, Period: 60, Stat: "Sum" },
    });
    const query = (Expression: string, more = {}) =>
      cloudwatch.send(
        new GetMetricDataCommand({
          StartTime: minute(4),
          EndTime: minute(0),
          ScanBy: "TimestampAscending",
          MetricDataQueries: [stat("e", "errors"), stat("r", "requests"), { Id: "x", Expression, Label: "rate" }],
          ...more,
        }),
      );
    const answer = await query("100 * e / r");
    expect(answer.MetricDataResults).toEqual([
      {
        Id: "x",
        Label: "rate",
        Timestamps: [minute(3), minute(2), minute(1)],
        Values: [expect.closeTo(3.333, 3), 5, 10],
        StatusCode: "Complete",
      },
    ]);
    expect((await query("FILL(e, 0)")).MetricDataResults![0]!.Values).toEqual([0, 3, 2, 1]);
    const page = await query("e", { MaxDatapoints: 2 });
    expect(page.MetricDataResults![0]).toMatchObject({ Values: [3, 2], StatusCode: "PartialData" });
    const rest = await query("e", { MaxDatapoints: 2, NextToken: page.NextToken });
    expect(rest.MetricDataResults![0]).toMatchObject({ Values: [1], StatusCode: "Complete" });
    for (const [expression, message] of [
      ["e +", "Error in expression 'x': Syntax error at the end of the expression"],
      ["y + 1", "Error in expression 'x': Id 'y' does not exist"],
      ["AVG(e)", /time series or an array of time series/],
      ["ANOMALY_DETECTION_BAND(e)", /ANOMALY_DETECTION_BAND is not supported/],
    ] as const)
      await expect(query(expression)).rejects.toEqual(refused("ValidationException", 400, message));
  });

  test("are refused when they are wrong", async () => {
    const wrong: [MetricDatum, string, RegExp][] = [
      [{ MetricName: "m" }, "MissingRequiredParameterException", /MetricData.member.1.Value/],
      [
        { MetricName: "m", Value: NaN },
        "InvalidParameterValueException",
        /NaN for parameter MetricData.member.1.Value/,
      ],
      [{ MetricName: "m", Value: 2 ** 361 }, "InvalidParameterValueException", /Value is invalid/],
      [
        { MetricName: "m", Value: 1, Values: [1] },
        "InvalidParameterCombinationException",
        /^The parameters MetricData.member.1.Value and MetricData.member.1.Values are mutually exclusive and you have specified both.$/,
      ],
      [{ MetricName: "m", Values: [1], Counts: [1, 2] }, "InvalidParameterValueException", /of the same size/],
      [{ MetricName: "m", Value: 1, StorageResolution: 30 }, "InvalidParameterValueException", /StorageResolution/],
      [{ MetricName: "m", Value: 1, Timestamp: ago(15 * 86_400) }, "InvalidParameterValueException", /Timestamp/],
      [{ MetricName: "m", Value: 1, Timestamp: ago(-3 * 3600) }, "InvalidParameterValueException", /Timestamp/],
      [
        { MetricName: "m", Value: 1, Dimensions: [{ Name: "ü", Value: "x" }] },
        "InvalidParameterValueException",
        /Dimensions.member.1.Name/,
      ],
    ];
    for (const [datum, name, message] of wrong)
      await expect(put("Wrong", datum), JSON.stringify(datum)).rejects.toEqual(refused(name, 400, message));
    await expect(put("AWS/EC2", { MetricName: "m", Value: 1 })).rejects.toEqual(
      refused("InvalidParameterValueException", 400, "The value AWS/EC2 for parameter Namespace is invalid."),
    );
    const statistics = (more: object) =>
      cloudwatch.send(
        new GetMetricStatisticsCommand({ ...range(), Namespace: "W", MetricName: "m", Period: 60, ...more }),
      );
    await expect(statistics({})).rejects.toEqual(refused("InvalidParameterCombinationException", 400, /At least one/));
    await expect(statistics({ Statistics: ["Sum"], StartTime: ago(86_400 * 3) })).rejects.toEqual(
      refused(
        "InvalidParameterCombinationException",
        400,
        /^You have requested up to 43\d\d datapoints, which exceeds/,
      ),
    );
    await expect(statistics({ Statistics: ["Sum"], Period: 7 })).rejects.toEqual(
      refused("InvalidParameterValueException", 400, /Period/),
    );
  });
});
