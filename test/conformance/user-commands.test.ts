import { readFileSync } from "node:fs";
import { join } from "node:path";
import { IAM } from "@aws-sdk/client-iam";
import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { TestEngine } from "../support/engine.ts";

/* The commands `neargate user` and `neargate key`. */

const ACCOUNT = "000000000000";
const READ_ONLY = "arn:aws:iam::aws:policy/AmazonECS_FullAccess";

let engine: TestEngine;
let iam: IAM;

beforeAll(async () => {
  engine = await TestEngine.start(["--compute", "simulated"]);
  iam = iamAs(engine.credentials);
});
afterAll(() => engine?.stop());

function iamAs(credentials: { accessKeyId: string; secretAccessKey: string }): IAM {
  return new IAM({ endpoint: engine.endpoint, region: "eu-west-3", credentials, maxAttempts: 1 });
}

const awsFile = (name: string) => readFileSync(join(engine.dataFolder, ".aws", name), "utf8");

test("makes users with a profile, renews their keys and deletes them", async () => {
  await iam.createGroup({ GroupName: "team" });
  const { stdout } = await engine.neargate(["user", "create", "dora", "--policy", READ_ONLY, "--group", "team"]);
  expect(stdout).toContain(`Created user dora (arn:aws:iam::${ACCOUNT}:user/dora).`);
  expect(stdout).toContain("AWS_PROFILE=neargate-dora");
  const profile = /\[neargate-dora\]\naws_access_key_id = (\w+)\naws_secret_access_key = (\S+)/;
  const [, first, secret] = profile.exec(awsFile("credentials"))!;
  expect(stdout).not.toContain(secret);
  expect(awsFile("config")).toContain(
    `[profile neargate-dora]\nregion = ${engine.region}\nendpoint_url = ${engine.endpoint}`,
  );
  await expect(engine.neargate(["user", "create", "dora"])).rejects.toMatchObject({
    stderr: expect.stringContaining("User with name dora already exists."),
  });

  await engine.neargate(["key", "rotate", "--user", "dora"]);
  const [, second, secondSecret] = profile.exec(awsFile("credentials"))!;
  expect(second).not.toBe(first);
  const keys = (await iam.listAccessKeys({ UserName: "dora" })).AccessKeyMetadata!;
  expect(keys).toMatchObject([{ AccessKeyId: second, Status: "Active" }]);
  const identity = await engine
    .clients({ accessKeyId: second!, secretAccessKey: secondSecret! })
    .sts.send(new GetCallerIdentityCommand({}));
  expect(identity.Arn).toBe(`arn:aws:iam::${ACCOUNT}:user/dora`);

  const listed = JSON.parse((await engine.neargate(["user", "list", "--json"])).stdout) as { UserName: string }[];
  expect(listed.find(({ UserName }) => UserName === "dora")).toMatchObject({
    AccessKeys: [{ AccessKeyId: second, Status: "Active" }],
  });
  await engine.neargate(["user", "delete", "dora"]);
  expect(awsFile("credentials")).not.toContain("neargate-dora");
  expect(awsFile("config")).not.toContain("neargate-dora");
  await expect(iam.getUser({ UserName: "dora" })).rejects.toMatchObject({ name: "NoSuchEntityException" });
});

test("leaves nothing of a user that could not be made whole, and shows the key of one without a profile", async () => {
  await expect(
    engine.neargate(["user", "create", "eve", "--policy", "arn:aws:iam::aws:policy/None"]),
  ).rejects.toMatchObject({ stderr: expect.stringContaining("does not exist or is not attachable") });
  await expect(iam.getUser({ UserName: "eve" })).rejects.toMatchObject({ name: "NoSuchEntityException" });
  const { stdout } = await engine.neargate(["user", "create", "eve", "--no-profile", "--json"]);
  const { AccessKeyId, SecretAccessKey } = JSON.parse(stdout) as { AccessKeyId: string; SecretAccessKey: string };
  const key = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey };
  expect((await engine.clients(key).sts.send(new GetCallerIdentityCommand({}))).Arn).toMatch(/user\/eve$/);
  const rotated = JSON.parse((await engine.neargate(["key", "rotate", "--user", "eve", "--json"])).stdout) as object;
  expect(rotated).toMatchObject({ Replaced: AccessKeyId, SecretAccessKey: expect.any(String) });
  expect(awsFile("credentials")).not.toContain("neargate-eve");
});

test("renews the root key, whose old one is refused at once", async () => {
  const old = engine.credentials;
  expect((await iam.listMFADevices({})).MFADevices).toEqual([]);
  await engine.neargate(["key", "rotate", "--root"]);
  await expect(iam.getUser({})).rejects.toMatchObject({ name: "InvalidClientTokenId" });
  expect(awsFile("credentials")).not.toContain(old.accessKeyId);
  const [, accessKeyId, secretAccessKey] =
    /\[neargate\]\naws_access_key_id = (\w+)\naws_secret_access_key = (\S+)/.exec(awsFile("credentials"))!;
  const renewed = { accessKeyId: accessKeyId!, secretAccessKey: secretAccessKey! };
  expect((await iamAs(renewed).getUser({})).User!.Arn).toBe(`arn:aws:iam::${ACCOUNT}:root`);
});
