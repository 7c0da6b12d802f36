import { randomBytes } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import { systemClock } from "../../base/clock.ts";
import { AwsError } from "../../base/errors.ts";
import { randomIds } from "../../base/ids.ts";
import { silentLogger } from "../../base/log.ts";
import { scopeKey } from "../../base/scope.ts";
import { AccessDenied, allowAll } from "../../identity/authorization.ts";
import type { Caller } from "../../identity/caller.ts";
import { rootPrincipal } from "../../identity/principal.ts";
import { Keyring } from "../../keyring/keyring.ts";
import { sqliteDialect } from "../../store/sqlite.ts";
import { Store } from "../../store/store.ts";
import type { RequestContext } from "../../wire/context.ts";
import { keyCrypto, type KeyCrypto, type KeyUse } from "../kms/key-crypto.ts";
import { Kms } from "../kms/kms.ts";
import { createSecret } from "./operations/create-secret.ts";
import { deleteSecret } from "./operations/delete-secret.ts";
import { describeSecret } from "./operations/describe-secret.ts";
import { getSecretValue } from "./operations/get-secret-value.ts";
import { putSecretValue } from "./operations/put-secret-value.ts";
import { rotateSecret } from "./operations/rotate-secret.ts";
import { updateSecretVersionStage } from "./operations/update-secret-version-stage.ts";
import type { RotationEvent, RotationFunctions } from "./rotation-functions.ts";
import { withRotation } from "./rotation.ts";
import { SecretsManager } from "./secrets-manager.ts";

const scope = { account: "000000000000", region: "us-east-1" };
const DAY_MS = 86_400_000;
const LAMBDA = "arn:aws:lambda:us-east-1:000000000000:function:rotate";
const principal = rootPrincipal(scope.account, "AKIA");
const caller: Caller = { principal, region: scope.region, secureTransport: true, at: 0 };
const context = { scope, principal, caller, authorize: async () => {} } as unknown as RequestContext;
const there = { ...context, scope: { ...scope, region: "eu-west-1" } };

let now: number;
let store: Store;
let keys: KeyCrypto;
/** What KMS answers from now on for a Region. */
let broken: Map<string, Error>;
/** What a rotation function does in a step. */
let step: (event: RotationEvent) => Promise<void>;
let secrets: SecretsManager;

beforeEach(async () => {
  now = Date.parse("2026-02-11T09:30:00Z");
  broken = new Map();
  store = new Store(sqliteDialect(":memory:"), silentLogger);
  const clock = { ...systemClock, now: () => now };
  const keyring = new Keyring(randomBytes(32), { provider: "file", id: "test", place: "here" });
  const parts = { store, clock, ids: randomIds, log: silentLogger };
  const real = keyCrypto(new Kms({ ...parts, keyring, authorizer: allowAll }));
  const check = ({ scope: { region } }: Pick<KeyUse, "scope">) => {
    const failure = broken.get(region);
    if (failure) throw failure;
  };
  keys = {
    ...real,
    generateDataKey: async (use) => (check(use), await real.generateDataKey(use)),
    decrypt: async (use) => (check(use), await real.decrypt(use)),
  };
  const functions: RotationFunctions = { check: async () => {}, invoke: (_, event) => step(event) };
  secrets = new SecretsManager({ ...parts, keys, functions });
  await store.open();
  await secrets.start();
});
afterEach(async () => {
  await secrets.stop();
  await store.close();
});

let tokens = 0;
const token = () => `${tokens++}`.padStart(32, "t");
const create = (more: Partial<Parameters<ReturnType<typeof createSecret>>[0]> = {}) =>
  createSecret(secrets)({ Name: "s", SecretString: "one", ClientRequestToken: token(), ...more }, context);
const read = async (where = context, stage = "AWSCURRENT") =>
  (await getSecretValue(secrets)({ SecretId: "s", VersionStage: stage }, where)).SecretString;
const write = (SecretString: string, ClientRequestToken = token()) =>
  putSecretValue(secrets)({ SecretId: "s", SecretString, ClientRequestToken }, context);
const record = async () => await secrets.records.secrets.get(scopeKey(scope), "s");

/** As a function that does what AWS's templates do. */
async function rotateAsTemplates({ Step, SecretId, ClientRequestToken }: RotationEvent): Promise<void> {
  const pending = { SecretId, ClientRequestToken, VersionStages: ["AWSPENDING"] };
  if (Step === "createSecret") await putSecretValue(secrets)({ ...pending, SecretString: "rotated" }, context);
  if (Step !== "finishSecret") return;
  const current = (await record())!.versions.find(({ stages }) => stages.includes("AWSCURRENT"))!.versionId;
  await updateSecretVersionStage(secrets)(
    { SecretId, VersionStage: "AWSCURRENT", MoveToVersionId: ClientRequestToken, RemoveFromVersionId: current },
    context,
  );
}

test("a secret goes with its values when its time has come, also when the engine was off then", async () => {
  await create();
  const { DeletionDate } = await deleteSecret(secrets)({ SecretId: "s", RecoveryWindowInDays: 7 }, context);
  expect(DeletionDate!.getTime()).toBe(now + 7 * DAY_MS);
  await secrets.stop();
  now += 7 * DAY_MS;
  await secrets.start();
  await expect.poll(record).toBeUndefined();
  expect(await secrets.records.values.count(scopeKey(scope))).toBe(0);
  await create();
  expect(await read()).toBe("one");
});

test("a rotation calls its function for each step, and again when its schedule says so", async () => {
  const steps: string[] = [];
  step = async (event) => {
    steps.push(event.Step);
    await rotateAsTemplates(event);
  };
  await create({ AddReplicaRegions: [{ Region: "eu-west-1" }] });
  const request = { SecretId: "s", RotationLambdaARN: LAMBDA, RotationRules: { ScheduleExpression: "rate(10 days)" } };
  await rotateSecret(secrets)({ ...request, ClientRequestToken: token() }, context);
  await expect.poll(async () => (await record())!.rotation!.rotatedAt).toEqual(new Date(now));
  expect(steps).toEqual(["createSecret", "setSecret", "testSecret", "finishSecret"]);
  expect([await read(), await read(context, "AWSPREVIOUS"), await read(there)]).toEqual(["rotated", "one", "rotated"]);
  expect(await describeSecret(secrets)({ SecretId: "s" }, context)).toMatchObject({
    RotationEnabled: true,
    RotationLambdaARN: LAMBDA,
    NextRotationDate: new Date("2026-02-21T00:00:00Z"),
    LastRotatedDate: new Date(now),
  });
  expect((await record())!.versions.map(({ stages }) => stages)).toEqual([["AWSPREVIOUS"], ["AWSCURRENT"]]);
  expect(await describeSecret(secrets)({ SecretId: "s" }, there)).not.toHaveProperty("RotationEnabled");

  now = Date.parse("2026-02-21T00:00:01Z");
  await secrets.stop();
  await secrets.start();
  await expect.poll(async () => (await record())!.rotation!.rotatedAt).toEqual(new Date(now));
  expect(steps).toHaveLength(8);
});

test("a rotation that failed leaves its version, and is tried again with that; so is one that was cut off", async () => {
  let failing = true;
  const versions: string[] = [];
  step = async (event) => {
    versions.push(event.ClientRequestToken);
    if (failing) throw new Error("the database is not there");
    await rotateAsTemplates(event);
  };
  await create();
  const first = token();
  await rotateSecret(secrets)({ SecretId: "s", RotationLambdaARN: LAMBDA, ClientRequestToken: first }, context);
  await expect.poll(async () => (await record())!.rotation!.running).toBeUndefined();
  expect((await record())!.versions.at(-1)).toMatchObject({ versionId: first, stages: ["AWSPENDING"] });

  failing = false;
  const again = rotateSecret(secrets)({ SecretId: "s", ClientRequestToken: token() }, context);
  await expect(again).rejects.toThrow("A previous rotation isn't complete. That rotation will be reattempted.");
  await expect.poll(() => read()).toBe("rotated");
  expect(new Set(versions)).toEqual(new Set([first]));

  await secrets.stop();
  const second = token();
  await secrets.records.secrets.update(scopeKey(scope), "s", (was) =>
    withRotation(secrets, was, was.rotation!, { versionId: second, trial: false }),
  );
  await secrets.start();
  await expect
    .poll(async () => (await record())!.versions.at(-1))
    .toMatchObject({ versionId: second, stages: ["AWSCURRENT"] });
});

test("without a rotation at once the function only tests a version that goes again", async () => {
  const steps: string[] = [];
  step = async ({ Step }) => void steps.push(Step);
  await create();
  const RotationRules = { AutomaticallyAfterDays: 3 };
  const request = { SecretId: "s", RotationLambdaARN: LAMBDA, RotationRules, RotateImmediately: false };
  await rotateSecret(secrets)({ ...request, ClientRequestToken: token() }, context);
  await expect.poll(async () => (await record())!.rotation!.running).toBeUndefined();
  expect(steps).toEqual(["testSecret"]);
  expect((await record())!.versions).toHaveLength(1);
  expect((await record())!.rotation!.nextAt).toEqual(new Date("2026-02-14T00:00:00Z"));
});

test("what KMS refuses is said in Secrets Manager's words, and changes nothing", async () => {
  await create();
  broken.set(scope.region, new AwsError("DisabledException", "arn:aws:kms:… is disabled."));
  await expect(write("two")).rejects.toMatchObject({ code: "EncryptionFailure" });
  await expect(read()).rejects.toMatchObject({ code: "DecryptionFailure" });
  broken.set(
    scope.region,
    new AccessDenied(caller, "kms:Decrypt", "arn", { kind: "implicit", missing: "identity-based policy" }),
  );
  await expect(read()).rejects.toMatchObject({
    code: "AccessDeniedException",
    message: "Access to KMS is not allowed",
  });
  broken.clear();
  expect(await read()).toBe("one");
});

test("a copy that fails does not hold up its secret, and is made good by the next change", async () => {
  await create({ AddReplicaRegions: [{ Region: "eu-west-1" }] });
  broken.set("eu-west-1", new AwsError("DisabledException", "the key is disabled."));
  await write("two");
  expect((await describeSecret(secrets)({ SecretId: "s" }, context)).ReplicationStatus).toMatchObject([
    { Region: "eu-west-1", Status: "Failed", StatusMessage: expect.stringContaining("the key is disabled.") as string },
  ]);
  broken.clear();
  expect([await read(), await read(there)]).toEqual(["two", "one"]);
  await write("three");
  expect([await read(there), await read(there, "AWSPREVIOUS")]).toEqual(["three", "two"]);
});

test("versions without a label go a day later once there are a hundred, not before", async () => {
  await create();
  for (let n = 0; n < 99; n++) await write(`${n}`);
  await expect(write("too many")).rejects.toMatchObject({ code: "LimitExceededException" });
  now += DAY_MS;
  await write("fits");
  expect((await record())!.versions).toHaveLength(100);
  expect(await secrets.records.values.count(scopeKey(scope))).toBe(100);
});
