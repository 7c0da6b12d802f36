import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { systemClock } from "../../base/clock.ts";
import { randomIds } from "../../base/ids.ts";
import { silentLogger } from "../../base/log.ts";
import { AccessDenied, allowAll, type ActionCheck } from "../../identity/authorization.ts";
import type { Caller } from "../../identity/caller.ts";
import { rootPrincipal } from "../../identity/principal.ts";
import { Keyring } from "../../keyring/keyring.ts";
import { sqliteDialect } from "../../store/sqlite.ts";
import { Store } from "../../store/store.ts";
import type { RequestContext } from "../../wire/context.ts";
import { keyCrypto } from "./key-crypto.ts";
import { Kms } from "./kms.ts";
import { createAlias } from "./operations/create-alias.ts";
import { createKey } from "./operations/create-key.ts";
import { describeKey } from "./operations/describe-key.ts";
import { enableKeyRotation } from "./operations/enable-key-rotation.ts";
import { listKeyRotations } from "./operations/list-key-rotations.ts";
import { scheduleKeyDeletion } from "./operations/schedule-key-deletion.ts";

const DAY_MS = 86_400_000;
const scope = { account: "000000000000", region: "us-east-1" };
const principal = rootPrincipal(scope.account, "AKIA");
const caller: Caller = { principal, region: scope.region, secureTransport: false, at: 0 };
const context = { scope, principal, caller } as RequestContext;
const plaintext = Buffer.from("correct horse");

let store: Store;
let kms: Kms;
let asked: ActionCheck[];
let refuse: boolean;
/** How much later it is than the system's clock says. */
let lead: number;

beforeEach(async () => {
  store = new Store(sqliteDialect(":memory:"), silentLogger);
  [asked, refuse, lead] = [[], false, 0];
  kms = new Kms({
    store,
    keyring: new Keyring(Buffer.alloc(32, 1), { provider: "file", id: "1", place: "" }),
    authorizer: {
      authorize: async (who, checks) => {
        asked.push(...checks);
        const [{ action }] = checks as [ActionCheck];
        if (refuse) throw new AccessDenied(who, action, "*", { kind: "implicit", missing: "resource-based policy" });
        await allowAll.authorize(who, checks);
      },
    },
    clock: { ...systemClock, now: () => Date.now() + lead },
    ids: randomIds,
    log: silentLogger,
  });
  await store.open();
  await kms.start();
});
afterEach(async () => {
  await kms.stop();
  await store.close();
});

/** The engine is stopped for so long. */
async function sleep(days: number): Promise<void> {
  await kms.stop();
  lead += days * DAY_MS;
  await kms.start();
}

async function makeKey(): Promise<string> {
  return (await createKey(kms)({}, context)).KeyMetadata!.KeyId!;
}

const look = async (KeyId: string) => (await describeKey(kms)({ KeyId }, context)).KeyMetadata!;

test("a key is deleted with its aliases when its days are over, not before", async () => {
  const KeyId = await makeKey();
  await createAlias(kms)({ AliasName: "alias/a", TargetKeyId: KeyId }, context);
  await scheduleKeyDeletion(kms)({ KeyId, PendingWindowInDays: 7 }, context);
  await sleep(6.9);
  expect((await look("alias/a")).KeyState).toBe("PendingDeletion");
  await sleep(0.2);
  await vi.waitFor(() => expect(look(KeyId)).rejects.toThrow("does not exist"), { timeout: 10_000, interval: 5 });
  await expect(look("alias/a")).rejects.toThrow("is not found");
});

test("a key rotates once a period, however long nobody looked, and still decrypts", async () => {
  const keyId = await makeKey();
  const crypto = keyCrypto(kms);
  const use = { scope, encryptionContext: {}, caller };
  const { ciphertextBlob } = await crypto.encrypt({ ...use, keyId, plaintext });
  await enableKeyRotation(kms)({ KeyId: keyId, RotationPeriodInDays: 100 }, context);
  const rotations = async () => (await listKeyRotations(kms)({ KeyId: keyId }, context)).Rotations!;
  await sleep(99);
  expect(await rotations()).toEqual([]);
  await sleep(301);
  await vi.waitFor(async () => expect(await rotations()).toHaveLength(1), { timeout: 10_000, interval: 5 });
  await sleep(99);
  expect(await rotations()).toMatchObject([{ RotationType: "AUTOMATIC" }]);
  expect((await crypto.decrypt({ ...use, ciphertextBlob })).plaintext).toEqual(plaintext);
});

test("other services use keys in their callers' names", async () => {
  const crypto = keyCrypto(kms);
  const via = { ...caller, calledVia: "secretsmanager.amazonaws.com" };
  const use = { scope, keyId: "alias/aws/secretsmanager", encryptionContext: { SecretARN: "a" }, caller: via };
  const made = await crypto.generateDataKey(use);
  expect(made.plaintext).toHaveLength(32);
  expect((await crypto.generateDataKey(use)).keyArn).toBe(made.keyArn);
  const { ciphertextBlob } = made;
  expect((await crypto.decrypt({ ...use, ciphertextBlob })).plaintext).toEqual(made.plaintext);
  expect(await crypto.resolveKey(scope, use.keyId)).toMatchObject({
    keyArn: made.keyArn,
    manager: "AWS",
    enabled: true,
  });
  expect(asked[0]).toMatchObject({
    action: "kms:GenerateDataKey",
    resources: [{ arn: made.keyArn, conditions: { "kms:ResourceAliases": [use.keyId] } }],
    conditions: {
      "kms:CallerAccount": scope.account,
      "kms:ViaService": "secretsmanager.us-east-1.amazonaws.com",
      "kms:EncryptionContext:SecretARN": "a",
      "kms:EncryptionContextKeys": ["SecretARN"],
      "kms:RequestAlias": use.keyId,
    },
    resourcePolicyDecides: true,
  });
  refuse = true;
  await expect(crypto.decrypt({ ...use, ciphertextBlob })).rejects.toThrow(AccessDenied);
});

test("a service decrypts what its caller lets it, by a grant", async () => {
  const crypto = keyCrypto(kms);
  const via = { ...caller, calledVia: "ec2.amazonaws.com" };
  const use = { scope, keyId: "alias/aws/ebs", encryptionContext: { "aws:ebs:id": "vol-1" }, caller: via };
  const { ciphertextBlob } = await crypto.generateDataKeyWithoutPlaintext({ ...use, bytes: 64 });
  const { plaintext: key } = await crypto.decryptByGrant({ ...use, ciphertextBlob });
  expect(key).toHaveLength(64);
  expect((await crypto.decryptByGrant({ ...use, ciphertextBlob })).plaintext).toEqual(key);
  expect(asked.map(({ action }) => action)).toEqual([
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:CreateGrant",
    "kms:CreateGrant",
  ]);
  expect(asked[1]!.conditions).toMatchObject({
    "kms:ViaService": "ec2.us-east-1.amazonaws.com",
    "kms:EncryptionContextKeys": ["aws:ebs:id"],
    "kms:GrantIsForAWSResource": "true",
    "kms:GrantOperations": ["Decrypt"],
    "kms:GrantConstraintType": ["EncryptionContextSubset"],
  });
  const other = { ...use, encryptionContext: { "aws:ebs:id": "vol-2" } };
  await expect(crypto.decryptByGrant({ ...other, ciphertextBlob })).rejects.toMatchObject({
    code: "InvalidCiphertextException",
  });
  refuse = true;
  await expect(crypto.generateDataKeyWithoutPlaintext({ ...use, bytes: 64 })).rejects.toThrow(AccessDenied);
  await expect(crypto.decryptByGrant({ ...use, ciphertextBlob })).rejects.toThrow(AccessDenied);
});
