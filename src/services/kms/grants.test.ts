import type { GrantConstraints, GrantOperation } from "@aws-sdk/client-kms";
import { describe, expect, test } from "vitest";
import { rolePrincipal, rootPrincipal } from "../../identity/principal.ts";
import { grantAllows, type GrantedRequest } from "./grants.ts";
import { checkKeyPolicy } from "./policy-check.ts";
import type { GrantRecord } from "./records.ts";

const ACCOUNT = "111122223333";
const ROLE = `arn:aws:iam::${ACCOUNT}:role/worker`;
const session = { issuedAt: 0, expiresAt: 1 };
const worker = rolePrincipal({ arn: ROLE, id: "AROA" }, "one", session, "ASIA");
const root = rootPrincipal(ACCOUNT, "AKIA");

function grant(
  operations: GrantOperation[],
  constraints?: GrantConstraints,
  more: Partial<GrantRecord> = {},
): GrantRecord {
  return {
    grantId: "1",
    keyId: "k",
    createdAt: new Date(0),
    granteePrincipal: ROLE,
    issuingAccount: `arn:aws:iam::${ACCOUNT}:root`,
    operations,
    ...(constraints ? { constraints } : {}),
    ...more,
  };
}

const decrypt = (encryptionContext: Record<string, string> = {}) => ({ operation: "Decrypt", encryptionContext });
const passOn = (operations: GrantOperation[], constraints?: GrantConstraints): GrantedRequest => ({
  operation: "CreateGrant",
  grant: { operations, ...(constraints ? { constraints } : {}) },
});
const subset = (EncryptionContextSubset: Record<string, string>) => ({ EncryptionContextSubset });
const equals = (EncryptionContextEquals: Record<string, string>) => ({ EncryptionContextEquals });
const ab = { a: "1", b: "2" };
const retire = { operation: "RetireGrant", grantId: "1" };

describe("what a grant allows the sessions of its role", () => {
  test.each<[GrantRecord, GrantedRequest, boolean]>([
    [grant(["Decrypt"]), decrypt(), true],
    [grant(["Encrypt"]), decrypt(), false],
    [grant(["Decrypt"], subset({ a: "1" })), decrypt(ab), true],
    [grant(["Decrypt"], subset(ab)), decrypt({ a: "1" }), false],
    [grant(["Decrypt"], equals(ab)), decrypt(ab), true],
    [grant(["Decrypt"], equals({ a: "1" })), decrypt(ab), false],
    [grant(["DescribeKey"], equals(ab)), { operation: "DescribeKey" }, true],
    [grant(["Decrypt"], undefined, { granteePrincipal: `${ROLE}s` }), decrypt(), false],
    [grant(["Decrypt"], undefined, { granteePrincipal: worker.arn }), decrypt(), true],
    [grant(["CreateGrant", "Decrypt"]), passOn(["Decrypt"]), true],
    [grant(["CreateGrant", "Decrypt"]), passOn(["Encrypt"]), false],
    [grant(["CreateGrant", "Decrypt"], subset({ a: "1" })), passOn(["Decrypt"]), false],
    [grant(["CreateGrant", "Decrypt"], subset({ a: "1" })), passOn(["Decrypt"], subset(ab)), true],
    [grant(["CreateGrant", "Decrypt"], subset({ a: "1" })), passOn(["Decrypt"], equals(ab)), true],
    [grant(["CreateGrant", "Decrypt"], equals(ab)), passOn(["Decrypt"], equals(ab)), true],
    [grant(["CreateGrant", "Decrypt"], equals(ab)), passOn(["Decrypt"], subset(ab)), false],
    [grant(["RetireGrant"]), retire, true],
    [grant(["RetireGrant"]), { ...retire, grantId: "2" }, false],
    [grant(["Decrypt"]), retire, false],
    [grant(["Decrypt"], undefined, { granteePrincipal: "x", retiringPrincipal: ROLE }), retire, true],
  ])("%j, asked for %j: %s", (record, request, expected) => {
    expect(grantAllows(record, worker, request)).toBe(expected);
  });
});

describe("key policies that would let nobody change them", () => {
  const policy = (Principal: unknown, Action: unknown, Effect = "Allow") =>
    JSON.stringify({ Version: "2012-10-17", Statement: { Effect, Principal, Action, Resource: "*" } });
  const lockedOut = "The new key policy will not allow you to update the key policy in the future.";
  const account = { AWS: `arn:aws:iam::${ACCOUNT}:root` };

  test.each([
    policy(account, "kms:*"),
    policy({ AWS: ACCOUNT }, ["kms:Encrypt", "kms:putkey*"]),
    policy("*", "kms:PutKeyPolic?"),
    policy({ AWS: ["arn:aws:iam::111122223333:user/a", `arn:aws:iam::${ACCOUNT}:root`] }, "*"),
  ])("%s does", (text) => expect(() => checkKeyPolicy(text, root, false)).not.toThrow());

  test.each([
    policy(account, "kms:Put"),
    policy(account, "kms:*", "Deny"),
    policy({ AWS: "arn:aws:iam::444455556666:root" }, "kms:*"),
    policy({ Service: "s3.amazonaws.com" }, "kms:*"),
  ])("%s does not", (text) => {
    expect(() => checkKeyPolicy(text, root, false)).toThrow(lockedOut);
    expect(() => checkKeyPolicy(text, root, true)).not.toThrow();
  });

  test("who acts as a role may be named by it", () => {
    expect(() => checkKeyPolicy(policy({ AWS: ROLE }, "kms:*"), worker, false)).not.toThrow();
  });
});
