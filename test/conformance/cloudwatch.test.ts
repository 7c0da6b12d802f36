import { join } from "node:path";
import {
  CloudWatchClient,
  DeleteAlarmsCommand,
  DescribeAlarmHistoryCommand,
  DescribeAlarmsCommand,
  DescribeAlarmsForMetricCommand,
  DisableAlarmActionsCommand,
  ListMetricsCommand,
  ListTagsForResourceCommand,
  PutCompositeAlarmCommand,
  PutMetricAlarmCommand,
  PutMetricDataCommand,
  SetAlarmStateCommand,
  TagResourceCommand,
  UntagResourceCommand,
  type MetricAlarm,
  type MetricDatum,
  type PutMetricAlarmCommandInput,
} from "@aws-sdk/client-cloudwatch";
import { CreateAccessKeyCommand, CreateUserCommand, IAMClient, PutUserPolicyCommand } from "@aws-sdk/client-iam";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { attempt } from "../support/command.ts";
import { TestEngine } from "../support/engine.ts";
import { ago, clientOf, putData, refused } from "./cloudwatch/kit.ts";

/* Alarms as clients see them: how alarms are decided is told by unit tests. */

let engine: TestEngine;
let cloudwatch: CloudWatchClient;

beforeAll(async () => {
  engine = await TestEngine.start(["--compute", "simulated"]);
  cloudwatch = clientOf(engine);
});
afterAll(() => engine?.stop());

const put = (namespace: string, ...data: MetricDatum[]) => putData(cloudwatch, namespace, ...data);

const alarmInput = (AlarmName: string, more: Partial<PutMetricAlarmCommandInput> = {}): PutMetricAlarmCommandInput => ({
  AlarmName,
  Namespace: "Alarms",
  MetricName: AlarmName,
  Statistic: "Sum",
  Period: 10,
  EvaluationPeriods: 1,
  Threshold: 1,
  ComparisonOperator: "GreaterThanOrEqualToThreshold",
  ...more,
});

const putAlarm = (name: string, more: Partial<PutMetricAlarmCommandInput> = {}) =>
  cloudwatch.send(new PutMetricAlarmCommand(alarmInput(name, more)));

async function alarmNamed(name: string): Promise<MetricAlarm> {
  const { MetricAlarms } = await cloudwatch.send(new DescribeAlarmsCommand({ AlarmNames: [name] }));
  return MetricAlarms![0]!;
}

/** How long at the most something is waited for, and how often it is looked at, milliseconds. */
const WAITING = { timeout: 60_000, interval: 50 };

/** Waits for the state of an alarm and answers the alarm as it was then: it may go on to another. */
const state = (name: string, value: string) =>
  vi.waitFor(async () => {
    const alarm = await alarmNamed(name);
    expect(alarm.StateValue).toBe(value);
    return alarm;
  }, WAITING);

/** Data sets the state for longer than the three periods in which it is looked for: a slow test sees it as well. */
const LASTING = { EvaluationPeriods: 6, DatapointsToAlarm: 1 };
/** Without data an alarm keeps the state that it was given by hand. */
const KEPT = { TreatMissingData: "ignore" };

describe.concurrent("older clients", () => {
  test("boto3 walks through metrics and alarms", async () => {
    const script = join(import.meta.dirname, "cloudwatch_walk.py");
    const { env, endpoint } = engine;
    expect(await attempt("/usr/bin/python3", [script, endpoint], { env })).toEqual({ code: 0, stdout: "", stderr: "" });
  });

  test("the AWS CLI makes an alarm, waits for it and sees it", async () => {
    await engine.aws(
      ..."cloudwatch put-metric-alarm --alarm-name cli --namespace Cli --metric-name Errors --statistic Sum".split(" "),
      ..."--period 60 --evaluation-periods 2 --threshold 3 --comparison-operator GreaterThanThreshold".split(" "),
      ..."--tags Key=team,Value=a --alarm-description words --alarm-actions arn:aws:sns:us-east-1:000000000000:ops".split(
        " ",
      ),
      "--treat-missing-data=ignore", // else the state that is set here would not stay
    );
    await Promise.all([
      engine.aws(..."cloudwatch wait alarm-exists --alarm-names cli".split(" ")),
      engine.aws(..."cloudwatch set-alarm-state --alarm-name cli --state-value ALARM --state-reason x".split(" ")),
    ]);
    const { MetricAlarms } = await engine.awsJson<{ MetricAlarms: object[] }>(
      ..."cloudwatch describe-alarms --alarm-names cli".split(" "),
    );
    expect(MetricAlarms).toEqual([
      {
        AlarmName: "cli",
        AlarmArn: "arn:aws:cloudwatch:us-east-1:000000000000:alarm:cli",
        AlarmDescription: "words",
        AlarmConfigurationUpdatedTimestamp: expect.any(String),
        ActionsEnabled: true,
        OKActions: [],
        AlarmActions: ["arn:aws:sns:us-east-1:000000000000:ops"],
        InsufficientDataActions: [],
        StateValue: "ALARM",
        StateReason: "x",
        StateUpdatedTimestamp: expect.any(String),
        StateTransitionedTimestamp: expect.any(String),
        MetricName: "Errors",
        Namespace: "Cli",
        Statistic: "Sum",
        Dimensions: [],
        Period: 60,
        EvaluationPeriods: 2,
        Threshold: 3,
        ComparisonOperator: "GreaterThanThreshold",
        ...KEPT,
      },
    ]);
  });

  test("the AWS CLI is told what is wrong", async () => {
    await expect(
      engine.aws(..."cloudwatch set-alarm-state --alarm-name cli --state-value NO --state-reason x".split(" ")),
    ).rejects.toThrow(
      "(ValidationError) when calling the SetAlarmState operation: 1 validation error detected: Value 'NO' at 'stateValue' failed to satisfy constraint",
    );
  });
});

describe.concurrent("alarms", () => {
  test("follow their metrics, in AWS's words", async () => {
    const at = Math.floor(Date.now() / 10_000) * 10_000 - 10_000;
    const datum = { MetricName: "follows", StorageResolution: 1, Timestamp: new Date(at) };
    await put("Alarms", { ...datum, Value: 2 }, { ...datum, Value: 3.5 });
    await putAlarm("follows", { TreatMissingData: "notBreaching" });
    const alarm = await state("follows", "ALARM");
    const time = new Date(at).toISOString();
    const day = `${time.slice(8, 10)}/${time.slice(5, 7)}/${time.slice(2, 4)} ${time.slice(11, 19)}`;
    expect(alarm.StateReason).toBe(
      `Threshold Crossed: 1 datapoint [5.5 (${day})] was greater than or equal to the threshold (1.0).`,
    );
    expect(JSON.parse(alarm.StateReasonData!)).toMatchObject({
      version: "1.0",
      statistic: "Sum",
      period: 10,
      recentDatapoints: [5.5],
      evaluatedDatapoints: [{ timestamp: time.replace("Z", "+0000"), sampleCount: 2, value: 5.5 }],
    });
    expect(alarm.StateReasonData).toContain('"threshold":1.0');
  });

  test("without data sleep until there is some; missing data is treated as they say", async () => {
    await putAlarm("asleep", LASTING);
    await putAlarm("breaching", { TreatMissingData: "breaching" });
    expect((await state("breaching", "ALARM")).StateReason).toBe(
      "Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint was treated as [Breaching].",
    );
    expect(await alarmNamed("asleep")).toMatchObject({
      StateValue: "INSUFFICIENT_DATA",
      StateReason: "Unchecked: Initial alarm creation",
    });
    await put("Alarms", { MetricName: "asleep", Value: 1, StorageResolution: 1, Timestamp: ago(12) });
    await state("asleep", "ALARM");
  });

  test("that need themselves are not evaluated: each change would cause the next", async () => {
    const composite = (AlarmName: string, AlarmRule: string) =>
      cloudwatch.send(new PutCompositeAlarmCommand({ AlarmName, AlarmRule }));
    const stateOf = async (name: string) =>
      (await cloudwatch.send(new DescribeAlarmsCommand({ AlarmNames: [name], AlarmTypes: ["CompositeAlarm"] })))
        .CompositeAlarms![0]!.StateValue;
    await composite("ring-a", "TRUE");
    await composite("ring-b", "NOT ALARM(ring-a)");
    await vi.waitFor(async () => expect(await stateOf("ring-b")).toBe("OK"), WAITING);
    await composite("ring-a", "ALARM(ring-b)");
    await composite("beside", "NOT ALARM(ring-b)");
    await vi.waitFor(async () => expect(await stateOf("beside")).toBe("ALARM"), WAITING);
    expect([await stateOf("ring-a"), await stateOf("ring-b")]).toEqual(["ALARM", "OK"]);
  });

  test("on metric math, and composite alarms on them", async () => {
    const stat = (Id: string) => ({
      Id,
      ReturnData: false,
      MetricStat: { Metric: { Namespace: "Alarms", MetricName: Id }, Period: 10, Stat: "Sum" },
    });
    const when = { StorageResolution: 1, Timestamp: ago(12) };
    await put("Alarms", { MetricName: "bad", Value: 5, ...when }, { MetricName: "all", Value: 10, ...when });
    await cloudwatch.send(
      new PutMetricAlarmCommand({
        AlarmName: "math",
        Metrics: [stat("bad"), stat("all"), { Id: "part", Expression: "bad / all" }],
        ...LASTING,
        Threshold: 0.4,
        ComparisonOperator: "GreaterThanThreshold",
      }),
    );
    await cloudwatch
      .send(new PutCompositeAlarmCommand({ AlarmName: "both", AlarmRule: 'ALARM("math") AND NOT ALARM(quiet)' }))
      .catch((cause: unknown) =>
        expect(cause).toEqual(
          refused(
            "ValidationException",
            400,
            "Could not save the composite alarm as alarms [quiet] in the alarm rule do not exist",
          ),
        ),
      );
    await putAlarm("quiet", KEPT);
    await cloudwatch.send(
      new PutCompositeAlarmCommand({ AlarmName: "both", AlarmRule: 'ALARM("math") AND NOT ALARM(quiet)' }),
    );
    const composite = async () =>
      (await cloudwatch.send(new DescribeAlarmsCommand({ AlarmNames: ["both"], AlarmTypes: ["CompositeAlarm"] })))
        .CompositeAlarms![0]!;
    await vi.waitFor(async () => expect((await composite()).StateValue).toBe("ALARM"), WAITING);
    await cloudwatch.send(new SetAlarmStateCommand({ AlarmName: "quiet", StateValue: "ALARM", StateReason: "now" }));
    await vi.waitFor(async () => expect((await composite()).StateValue).toBe("OK"), WAITING);
    expect((await composite()).StateReason).toMatch(
      /^arn:aws:cloudwatch:us-east-1:000000000000:alarm:quiet transitioned to ALARM at \w+day \d\d \w+, \d{4} [\d:]{8} UTC$/,
    );
    await expect(cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: ["quiet"] }))).rejects.toEqual(
      refused("ValidationException", 400, "Cannot delete quiet as there are composite alarm(s) depending on it."),
    );
    const parents = await cloudwatch.send(new DescribeAlarmsCommand({ ParentsOfAlarmName: "quiet" }));
    expect(parents.CompositeAlarms).toEqual([{ AlarmName: "both", AlarmArn: expect.stringMatching(/alarm:both$/) }]);
    const children = await cloudwatch.send(new DescribeAlarmsCommand({ ChildrenOfAlarmName: "both" }));
    expect(children.MetricAlarms!.map(({ AlarmName }) => AlarmName)).toEqual(["math", "quiet"]);
    await cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: ["both", "quiet", "math"] }));
  });

  test("are found, changed, tagged and deleted", async () => {
    await putAlarm("kept-a", { ...KEPT, Dimensions: [{ Name: "d", Value: "1" }] });
    await putAlarm("kept-b");
    const found = (input: object) => cloudwatch.send(new DescribeAlarmsCommand(input));
    const page = await found({ AlarmNamePrefix: "kept-", MaxRecords: 1 });
    expect(page.MetricAlarms!.map(({ AlarmName }) => AlarmName)).toEqual(["kept-a"]);
    const next = await found({ AlarmNamePrefix: "kept-", MaxRecords: 1, NextToken: page.NextToken });
    expect(next).toMatchObject({ MetricAlarms: [{ AlarmName: "kept-b" }], CompositeAlarms: [] });
    await expect(found({ NextToken: "x" })).rejects.toEqual(refused("InvalidNextToken", 400));
    const ofMetric = await cloudwatch.send(
      new DescribeAlarmsForMetricCommand({
        Namespace: "Alarms",
        MetricName: "kept-a",
        Dimensions: [{ Name: "d", Value: "1" }],
      }),
    );
    expect(ofMetric.MetricAlarms).toHaveLength(1);

    await cloudwatch.send(new DisableAlarmActionsCommand({ AlarmNames: ["kept-a", "unknown"] }));
    expect((await alarmNamed("kept-a")).ActionsEnabled).toBe(false);
    await cloudwatch.send(new SetAlarmStateCommand({ AlarmName: "kept-a", StateValue: "OK", StateReason: "x" }));
    await putAlarm("kept-a", { ...KEPT, Threshold: 9 });
    expect(await alarmNamed("kept-a")).toMatchObject({ Threshold: 9, StateValue: "OK", Dimensions: [] });

    const ResourceARN = (await alarmNamed("kept-a")).AlarmArn!;
    await cloudwatch.send(
      new TagResourceCommand({
        ResourceARN,
        Tags: [
          { Key: "a", Value: "1" },
          { Key: "b", Value: "2" },
        ],
      }),
    );
    await cloudwatch.send(new UntagResourceCommand({ ResourceARN, TagKeys: ["a"] }));
    const { Tags } = await cloudwatch.send(new ListTagsForResourceCommand({ ResourceARN }));
    expect(Tags).toEqual([{ Key: "b", Value: "2" }]);
    await expect(cloudwatch.send(new ListTagsForResourceCommand({ ResourceARN: `${ResourceARN}x` }))).rejects.toEqual(
      refused("ResourceNotFoundException", 404),
    );

    await expect(cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: ["kept-a", "unknown"] }))).rejects.toEqual(
      refused("ResourceNotFound", 404),
    );
    await cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: ["kept-a", "kept-b"] }));
    expect((await found({ AlarmNamePrefix: "kept-" })).MetricAlarms).toEqual([]);
    const { AlarmHistoryItems } = await cloudwatch.send(
      new DescribeAlarmHistoryCommand({ AlarmName: "kept-a", HistoryItemType: "ConfigurationUpdate" }),
    );
    expect(AlarmHistoryItems!.map(({ HistorySummary }) => HistorySummary)).toEqual([
      'Alarm "kept-a" deleted',
      'Alarm "kept-a" updated',
      'Alarm "kept-a" updated',
      'Alarm "kept-a" created',
    ]);
  });

  test("are refused when they are wrong", async () => {
    const wrong: [Partial<PutMetricAlarmCommandInput>, string | RegExp][] = [
      [{ Period: 45 }, "Period must be 10, 20, 30 or a multiple of 60"],
      [{ Period: 300, EvaluationPeriods: 289 }, /^Metrics cannot be checked across more than a day/],
      [{ DatapointsToAlarm: 2 }, /DatapointsToAlarm/],
      [{ ExtendedStatistic: "p90" }, /Exactly one of Statistic and ExtendedStatistic/],
      [{ Statistic: undefined, ExtendedStatistic: "p101" }, /ExtendedStatistic/],
      [
        { TreatMissingData: "no" },
        "The value no is not supported for TreatMissingData parameter. Supported values are [breaching, notBreaching, ignore, missing].",
      ],
      [{ ComparisonOperator: "GreaterThanUpperThreshold" }, /is not supported by Neargate yet/],
      [{ AlarmActions: ["topic"] }, "Invalid arn syntax: topic"],
      [{ EvaluationInterval: 10 }, "'EvaluationInterval' is not supported by Neargate yet."],
    ];
    for (const [more, message] of wrong)
      await expect(putAlarm("wrong", more), JSON.stringify(more)).rejects.toEqual(
        refused("ValidationException", 400, message),
      );
  });
});

test("rights are asked for by namespace, alarm, tag and action", async () => {
  const { endpoint, region, credentials } = engine;
  const iam = new IAMClient({ endpoint, region, credentials, maxAttempts: 1 });
  const UserName = "watcher";
  await iam.send(new CreateUserCommand({ UserName }));
  const alarms = "arn:aws:cloudwatch:*:*:alarm:mine-*";
  const PolicyDocument = JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Action: "cloudwatch:PutMetricData",
        Resource: "*",
        Condition: { StringEquals: { "cloudwatch:namespace": "Mine" } },
      },
      { Effect: "Allow", Action: ["cloudwatch:PutMetricAlarm", "cloudwatch:DescribeAlarms"], Resource: alarms },
      {
        Effect: "Allow",
        Action: "cloudwatch:DeleteAlarms",
        Resource: "*",
        Condition: { StringEquals: { "aws:ResourceTag/team": "a" } },
      },
      {
        Effect: "Deny",
        Action: "cloudwatch:PutMetricAlarm",
        Resource: "*",
        Condition: { "ForAnyValue:StringLike": { "cloudwatch:AlarmActions": "arn:aws:ssm:*" } },
      },
    ],
  });
  await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: "p", PolicyDocument }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
  const user = new CloudWatchClient({
    endpoint,
    region,
    credentials: { accessKeyId: AccessKey!.AccessKeyId!, secretAccessKey: AccessKey!.SecretAccessKey! },
    maxAttempts: 1,
  });
  const denied = expect.objectContaining({ name: "AccessDeniedException" });
  const publish = (Namespace: string) =>
    user.send(new PutMetricDataCommand({ Namespace, MetricData: [{ MetricName: "m", Value: 1 }] }));
  await publish("Mine");
  await expect(publish("Other")).rejects.toEqual(denied);
  await user.send(new PutMetricAlarmCommand(alarmInput("mine-1")));
  await user.send(new DescribeAlarmsCommand({ AlarmNames: ["mine-1"] }));
  await expect(user.send(new DescribeAlarmsCommand({}))).rejects.toEqual(denied);
  for (const [name, more] of [
    ["theirs", {}],
    ["mine-2", { Tags: [{ Key: "team", Value: "a" }] }],
    ["mine-3", { AlarmActions: ["arn:aws:ssm:us-east-1:000000000000:opsitem:1"] }],
  ] as const)
    await expect(user.send(new PutMetricAlarmCommand(alarmInput(name, more as object)))).rejects.toEqual(denied);
  await putAlarm("tagged", { Tags: [{ Key: "team", Value: "a" }] });
  await user.send(new DeleteAlarmsCommand({ AlarmNames: ["tagged"] }));
  await expect(user.send(new DeleteAlarmsCommand({ AlarmNames: ["mine-1"] }))).rejects.toEqual(denied);
});

test("alarms and metrics survive kill -9, and alarms whose time came meanwhile are evaluated", async () => {
  await putAlarm("killed", KEPT);
  await cloudwatch.send(new SetAlarmStateCommand({ AlarmName: "killed", StateValue: "ALARM", StateReason: "before" }));
  await putAlarm("late", { ...LASTING, TreatMissingData: "missing" });
  await put("Alarms", { MetricName: "late", Value: 1, StorageResolution: 1, Timestamp: ago(-1) });
  await engine.kill();
  await engine.up();
  cloudwatch = clientOf(engine);
  expect(await alarmNamed("killed")).toMatchObject({ StateValue: "ALARM", StateReason: "before" });
  await state("late", "ALARM");
  const { Metrics } = await cloudwatch.send(new ListMetricsCommand({ Namespace: "Alarms", MetricName: "late" }));
  expect(Metrics).toHaveLength(1);
});
