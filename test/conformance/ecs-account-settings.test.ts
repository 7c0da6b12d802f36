import {
  CreateClusterCommand,
  DeleteAccountSettingCommand,
  DescribeTasksCommand,
  ECSClient,
  ListAccountSettingsCommand,
  PutAccountSettingCommand,
  PutAccountSettingDefaultCommand,
  type ListAccountSettingsRequest,
  type SettingName,
} from "@aws-sdk/client-ecs";
import { CreateAccessKeyCommand, CreateUserCommand, PutUserPolicyCommand } from "@aws-sdk/client-iam";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TestEngine } from "../support/engine.ts";
import { Fargate } from "../support/fargate.ts";
import { iamClient } from "../support/roles.ts";

/* Account settings of ECS: whose they are, what holds, and what they change. */

const ACCOUNT = "000000000000";
const ROOT = `arn:aws:iam::${ACCOUNT}:root`;
const ALICE = `arn:aws:iam::${ACCOUNT}:user/alice`;
const INVALID = "InvalidParameterException";

let engine: TestEngine;
let fargate: Fargate;
let root: ECSClient;
let alice: ECSClient;

beforeAll(async () => {
  engine = await TestEngine.start(["--compute", "simulated"]);
  fargate = await Fargate.prepare(engine);
  root = fargate.clients.ecs;
  const iam = iamClient(engine);
  await iam.send(new CreateUserCommand({ UserName: "alice" }));
  const Statement = [
    { Effect: "Allow", Action: ["ecs:*AccountSetting*", "ecs:CreateCluster"], Resource: "*" },
    {
      Effect: "Deny",
      Action: "ecs:PutAccountSettingDefault",
      Resource: "*",
      Condition: { StringEquals: { "ecs:account-setting": "awsvpcTrunking" } },
    },
  ];
  await iam.send(
    new PutUserPolicyCommand({
      UserName: "alice",
      PolicyName: "settings",
      PolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement }),
    }),
  );
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: "alice" }));
  alice = engine.clients({ accessKeyId: AccessKey!.AccessKeyId!, secretAccessKey: AccessKey!.SecretAccessKey! }).ecs;
});
afterAll(() => engine?.stop());

const list = async (client: ECSClient, request: ListAccountSettingsRequest = {}) =>
  (await client.send(new ListAccountSettingsCommand(request))).settings!;

const setting = (name: string, value: string, principalArn: string) => ({ name, value, principalArn, type: "user" });

describe("what holds", () => {
  test("AWS's defaults, two pages of them; nothing was set", async () => {
    const first = await root.send(new ListAccountSettingsCommand({ effectiveSettings: true }));
    const second = await root.send(
      new ListAccountSettingsCommand({ effectiveSettings: true, nextToken: first.nextToken! }),
    );
    expect(first.settings).toHaveLength(10);
    expect(second.nextToken).toBeUndefined();
    const all = [...first.settings!, ...second.settings!];
    expect(Object.fromEntries(all.map(({ name, value }) => [name, value]))).toEqual({
      awsvpcTrunking: "disabled",
      containerInsights: "disabled",
      containerInstanceLongArnFormat: "enabled",
      defaultLogDriverMode: "non-blocking",
      fargateEventWindows: "disabled",
      fargateFIPSMode: "disabled",
      fargateTaskRetirementWaitPeriod: "7",
      guardDutyActivate: "off",
      serviceLongArnFormat: "enabled",
      tagResourceAuthorization: "on",
      taskLongArnFormat: "enabled",
    });
    expect(all.every(({ principalArn }) => principalArn === ROOT)).toBe(true);
    expect(all.find(({ name }) => name === "guardDutyActivate")!.type).toBe("aws_managed");
    expect(await list(root)).toEqual([]);
  });

  test("a user's own, then the account's, then AWS's", async () => {
    const name = "awsvpcTrunking";
    await root.send(new PutAccountSettingDefaultCommand({ name, value: "enabled" }));
    expect(await list(alice, { name })).toEqual([]);
    expect(await list(alice, { name, effectiveSettings: true })).toEqual([setting(name, "enabled", ROOT)]);
    const put = await alice.send(new PutAccountSettingCommand({ name, value: "disabled" }));
    expect(put.setting).toEqual(setting(name, "disabled", ALICE));
    expect(await list(alice, { name, effectiveSettings: true })).toEqual([setting(name, "disabled", ALICE)]);
    expect(await list(root, { principalArn: ALICE })).toEqual([setting(name, "disabled", ALICE)]);
    expect(await list(root, { name, value: "disabled" })).toEqual([]);
    const deleted = await alice.send(new DeleteAccountSettingCommand({ name }));
    expect(deleted.setting).toEqual(setting(name, "enabled", ALICE));
    expect(await list(alice)).toEqual([]);
    await root.send(new DeleteAccountSettingCommand({ name }));
    expect(await list(alice, { name, effectiveSettings: true })).toEqual([setting(name, "disabled", ROOT)]);
  });

  test("is another Region's matter there", async () => {
    await root.send(new PutAccountSettingDefaultCommand({ name: "awsvpcTrunking", value: "enabled" }));
    const elsewhere = new ECSClient({
      endpoint: engine.endpoint,
      region: "us-west-2",
      credentials: engine.credentials,
    });
    expect(await list(elsewhere, { name: "awsvpcTrunking", effectiveSettings: true })).toMatchObject([
      { value: "disabled" },
    ]);
    await root.send(new DeleteAccountSettingCommand({ name: "awsvpcTrunking" }));
  });
});

describe("refused", () => {
  test.each<[name: string, value: string, message: string]>([
    ["serviceLongArnFormat", "disabled", "You can no longer disable Long Arn settings"],
    ["taskLongArnFormat", "disabled", "You can no longer disable Long Arn settings"],
    ["containerInstanceLongArnFormat", "disabled", "You can no longer disable Long Arn settings"],
    ["taskLongArnFormat", "ENABLED", "Invalid setting 'value'"],
    ["fargateTaskRetirementWaitPeriod", "8", "Invalid setting 'value'"],
    ["tagResourceAuthorization", "enabled", "Invalid setting 'value'"],
    ["containerInsights", "enhanced", "'containerInsights enhanced' is not supported by Neargate yet."],
    ["fargateFIPSMode", "enabled", "'fargateFIPSMode enabled' is not supported by Neargate yet."],
    ["fargateEventWindows", "enabled", "'fargateEventWindows enabled' is not supported by Neargate yet."],
    [
      "guardDutyActivate",
      "on",
      "The guardDutyActivate account setting is managed by Amazon GuardDuty and is read-only.",
    ],
  ])("%s %s", async (name, value, message) => {
    for (const Command of [PutAccountSettingCommand, PutAccountSettingDefaultCommand])
      await expect(root.send(new Command({ name: name as SettingName, value }))).rejects.toMatchObject({
        name: INVALID,
        message,
      });
  });

  test("what is not the caller's to set or to see", async () => {
    const put = (client: ECSClient, name: SettingName, value: string, principalArn?: string) =>
      client.send(new PutAccountSettingCommand({ name, value, principalArn }));
    const invalid = { name: INVALID };
    await expect(put(alice, "awsvpcTrunking", "enabled", ROOT)).rejects.toMatchObject(invalid);
    await expect(list(alice, { principalArn: ROOT })).rejects.toMatchObject(invalid);
    await expect(put(alice, "fargateTaskRetirementWaitPeriod", "0")).rejects.toMatchObject(invalid);
    await expect(put(root, "awsvpcTrunking", "enabled", "arn:aws:iam::111122223333:root")).rejects.toMatchObject(
      invalid,
    );
    await expect(list(root, { value: "on" })).rejects.toMatchObject(invalid);
    await expect(list(root, { maxResults: 11 })).rejects.toMatchObject(invalid);
    await expect(put(root, "spaceTravel" as SettingName, "on")).rejects.toMatchObject(invalid);
    await expect(
      alice.send(new PutAccountSettingDefaultCommand({ name: "awsvpcTrunking", value: "enabled" })),
    ).rejects.toMatchObject({ name: "AccessDeniedException" });
  });
});

describe("acted on", () => {
  test("tagResourceAuthorization: tags on creation need ecs:TagResource, unless it is off", async () => {
    const create = (clusterName: string) =>
      alice.send(new CreateClusterCommand({ clusterName, tags: [{ key: "team", value: "a" }] }));
    await expect(create("tagged")).rejects.toMatchObject({
      name: "AccessDeniedException",
      message: expect.stringContaining("ecs:TagResource"),
    });
    await root.send(new PutAccountSettingDefaultCommand({ name: "tagResourceAuthorization", value: "off" }));
    expect((await create("tagged")).cluster!.tags).toEqual([{ key: "team", value: "a" }]);
    await alice.send(new PutAccountSettingCommand({ name: "tagResourceAuthorization", value: "on" }));
    await expect(create("other")).rejects.toMatchObject({ name: "AccessDeniedException" });
  });

  test("fargateTaskRetirementWaitPeriod: how long neargate retire waits", async () => {
    const tasks = await fargate.start(await fargate.define([{ image: "app:1" }]));
    const taskArn = tasks[0]!.taskArn!;
    const daysUntil = async () => {
      const { stdout } = await engine.neargate(["retire", "--task", taskArn, "--json"]);
      const { tasks: retired } = JSON.parse(stdout) as { tasks: { taskArn: string; at: string }[] };
      expect(retired.map((one) => one.taskArn)).toEqual([taskArn]);
      return Math.round((new Date(retired[0]!.at).getTime() - Date.now()) / 86_400_000);
    };
    const wait = (value: string) =>
      root.send(new PutAccountSettingDefaultCommand({ name: "fargateTaskRetirementWaitPeriod", value }));
    expect(await daysUntil()).toBe(7);
    await wait("14");
    expect(await daysUntil()).toBe(14);
    const { tasks: still } = await root.send(new DescribeTasksCommand({ cluster: "test", tasks: [taskArn] }));
    expect(still![0]!.lastStatus).toBe("RUNNING");
    await wait("0");
    expect(await daysUntil()).toBeCloseTo(0);
    const [retired] = await fargate.reach(tasks, "STOPPED");
    expect(retired!.stoppedReason).toMatch(/^ECS is performing maintenance/);
  });
});
