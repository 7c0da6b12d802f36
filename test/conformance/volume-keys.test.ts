import { DescribeVolumesCommand } from "@aws-sdk/client-ec2";
import type { Task } from "@aws-sdk/client-ecs";
import {
  CreateAliasCommand,
  CreateKeyCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  KMSClient,
  ScheduleKeyDeletionCommand,
  type CreateKeyCommandInput,
} from "@aws-sdk/client-kms";
import { afterAll, beforeAll, expect, test } from "vitest";
import { TestEngine } from "../support/engine.ts";
import { Fargate } from "../support/fargate.ts";
import { iamClient, makeRole } from "../support/roles.ts";

/* The KMS keys of encrypted EBS volumes. What lies on the disk: test/system/storage-encryption.test.ts. */

const ACCOUNT = "000000000000";
let engine: TestEngine;
let kms: KMSClient;

beforeAll(async () => {
  engine = await TestEngine.start(["--compute", "simulated"]);
  const { endpoint, region, credentials } = engine;
  kms = new KMSClient({ endpoint, region, credentials, maxAttempts: 1 });
});
afterAll(() => engine?.stop());

async function makeKey(input: CreateKeyCommandInput = {}): Promise<{ KeyId: string; Arn: string }> {
  const { KeyId, Arn } = (await kms.send(new CreateKeyCommand(input))).KeyMetadata!;
  return { KeyId: KeyId!, Arn: Arn! };
}

test("EBS volumes of tasks have keys under the one asked for, which the infrastructure role must be let use", async () => {
  const fargate = await Fargate.prepare(engine);
  const role = await makeRole(iamClient(engine), { name: "ecsInfrastructureRole", trusts: "ecs.amazonaws.com" });
  const roleArn = role.Arn!;
  const mount = { sourceVolume: "vol", containerPath: "/vol" };
  const taskDefinition = await fargate.define([{ image: "public.example/web:1", mountPoints: [mount] }], {
    volumes: [{ name: "vol", configuredAtLaunch: true }],
  });
  const run = async (kmsKeyId?: string, deleteOnTermination = true) => {
    const terminationPolicy = { deleteOnTermination };
    const managedEBSVolume = { roleArn, sizeInGiB: 1, encrypted: true, terminationPolicy, kmsKeyId };
    return (await fargate.run(taskDefinition, { volumeConfigurations: [{ name: "vol", managedEBSVolume }] }))[0]!;
  };
  const { ec2 } = fargate.clients;

  // As https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption-requirements.html has it: by EC2, for volumes alone.
  const byEc2 = {
    StringEquals: { "kms:CallerAccount": ACCOUNT, "kms:ViaService": `ec2.${engine.region}.amazonaws.com` },
    "ForAnyValue:StringEquals": { "kms:EncryptionContextKeys": "aws:ebs:id" },
  };
  const forRole = { Effect: "Allow", Principal: { AWS: roleArn }, Resource: "*" };
  const Policy = JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      { Effect: "Allow", Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: "kms:*", Resource: "*" },
      { ...forRole, Action: "kms:GenerateDataKey*", Condition: byEc2 },
      { ...forRole, Action: "kms:CreateGrant", Condition: { ...byEc2, Bool: { "kms:GrantIsForAWSResource": true } } },
    ],
  });
  const [mine, disabled, deleted, others, asymmetric] = await Promise.all([
    makeKey({ Policy }),
    makeKey({ Policy }),
    makeKey({ Policy }),
    makeKey(),
    makeKey({ Policy, KeySpec: "RSA_2048", KeyUsage: "ENCRYPT_DECRYPT" }),
  ]);
  await kms.send(new CreateAliasCommand({ AliasName: "alias/volumes", TargetKeyId: mine.KeyId }));
  await kms.send(new DisableKeyCommand({ KeyId: disabled.KeyId }));
  await kms.send(new ScheduleKeyDeletionCommand({ KeyId: deleted.KeyId, PendingWindowInDays: 7 }));
  const missing = mine.Arn.replace(mine.KeyId, "00000000-0000-4000-8000-000000000000");

  const aliasArn = `arn:aws:kms:${engine.region}:${ACCOUNT}:alias/volumes`;
  const good = await Promise.all([run(), ...[mine.KeyId, mine.Arn, "alias/volumes", aliasArn].map((key) => run(key))]);
  await fargate.reach(good, "RUNNING");
  const managed = (await kms.send(new DescribeKeyCommand({ KeyId: "alias/aws/ebs" }))).KeyMetadata!;
  const { Volumes } = await ec2.send(
    new DescribeVolumesCommand({ Filters: [{ Name: "encrypted", Values: ["true"] }] }),
  );
  const keyOf = (task: Task) =>
    Volumes!.find(({ Attachments }) => Attachments?.[0]?.AssociatedResource === task.taskArn)!;
  expect(good.map((task) => keyOf(task).Encrypted)).toEqual([true, true, true, true, true]);
  expect(good.map((task) => keyOf(task).KmsKeyId)).toEqual([managed.Arn, mine.Arn, mine.Arn, mine.Arn, mine.Arn]);

  const bad: [kmsKeyId: string, reason: string | RegExp][] = [
    [disabled.Arn, `Encountered DisabledException; "${disabled.Arn} is disabled."`],
    [deleted.Arn, `Encountered KMSInvalidStateException; "${deleted.Arn} is pending deletion."`],
    [missing, `Encountered NotFoundException; "Key '${missing}' does not exist"`],
    ["alias/nothing", /Encountered NotFoundException; "Alias arn:\S+:alias\/nothing is not found."$/],
    ["nonsense", `Encountered NotFoundException; "Invalid keyId 'nonsense'"`],
    [asymmetric.Arn, "Encountered InvalidKeyUsageException"],
    [
      others.Arn,
      /Encountered AccessDeniedException; "User: arn:aws:sts::000000000000:assumed-role\/ecsInfrastructureRole\/vol-\w+ is not authorized to perform: kms:GenerateDataKeyWithoutPlaintext on resource: /,
    ],
  ];
  const failing = await Promise.all(bad.map(([kmsKeyId]) => run(kmsKeyId, false)));
  for (const [index, task] of (await fargate.reach(failing, "STOPPED")).entries()) {
    expect(task.stopCode).toBe("TaskFailedToStart");
    expect(task.stoppedReason).toMatch(/^ResourceInitializationError: ECS failed to set up the EBS volume\. /);
    expect(task.stoppedReason).toMatch(bad[index]![1]);
    const { details, status } = task.attachments!.find(({ type }) => type === "AmazonElasticBlockStorage")!;
    expect(status).toBe("DELETED"); // nothing is there that could be kept
    const said = details!.find(({ name }) => name === "statusReason")!.value;
    expect(`ResourceInitializationError: ${said}`).toBe(task.stoppedReason);
  }

  // What is attached needs its key no more.
  await kms.send(new DisableKeyCommand({ KeyId: mine.KeyId }));
  expect((await fargate.describe(good)).map(({ lastStatus }) => lastStatus)).toEqual(Array(5).fill("RUNNING"));
  await fargate.stop(good);
  expect((await ec2.send(new DescribeVolumesCommand({}))).Volumes).toEqual([]);
});
