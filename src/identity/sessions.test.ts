import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { RoleSession } from "./role-session.ts";
import { loadOrCreateSessionSecret } from "./session-secret.ts";
import { Sessions } from "./sessions.ts";

const SESSION: RoleSession = {
  roleArn: "arn:aws:iam::111122223333:role/service/worker",
  sessionName: "0123456789abcdef0123456789abcdef",
  account: "111122223333",
  region: "eu-west-1",
  expiresAt: 1_800_000_000_000,
};
const sessions = new Sessions(Buffer.alloc(32, 1));
const issued = sessions.issue(SESSION);

test("credentials have AWS's form", () => {
  expect(issued.accessKeyId).toMatch(/^ASIA[A-Z2-7]{16}$/);
  expect(issued.secretAccessKey).toMatch(/^[A-Za-z0-9+/]{40}$/);
  expect(issued.sessionToken).toMatch(/^[A-Za-z0-9+/]{100,}=*$/);
  expect(issued.expiresAt).toBe(SESSION.expiresAt);
});

test("a session always has the same, any other session has others", () => {
  expect(new Sessions(Buffer.alloc(32, 1)).issue(SESSION)).toEqual(issued);
  const others = [
    { roleArn: "arn:aws:iam::111122223333:role/other" },
    { sessionName: "1123456789abcdef0123456789abcdef" },
    { account: "000000000000" },
    { region: "eu-west-2" },
    { expiresAt: SESSION.expiresAt + 1000 },
  ].map((change) => sessions.issue({ ...SESSION, ...change }));
  for (const kind of ["accessKeyId", "secretAccessKey", "sessionToken"] as const)
    expect(new Set([issued, ...others].map((each) => each[kind])).size).toBe(6);
});

test("a key and its token tell whose they are", () => {
  expect(sessions.find(issued.accessKeyId, issued.sessionToken)).toEqual({
    session: SESSION,
    key: {
      ...issued,
      principal: {
        accountId: "111122223333",
        arn: "arn:aws:sts::111122223333:assumed-role/worker/0123456789abcdef0123456789abcdef",
        userId: expect.stringMatching(/^AROA[A-Z2-7]{17}:0123456789abcdef0123456789abcdef$/),
        accessKeyId: issued.accessKeyId,
      },
    },
  });
});

test("the token says nothing of the secret or the session to who reads it", () => {
  const text = Buffer.from(issued.sessionToken, "base64").toString("latin1");
  expect(text).not.toContain("worker");
  expect(text).not.toContain(SESSION.sessionName);
});

const bytes = Buffer.from(issued.sessionToken, "base64");
const other = sessions.issue({ ...SESSION, sessionName: "other" });
test.each([
  ["empty", ""],
  ["no base 64", "!!!"],
  ["another engine's", new Sessions(Buffer.alloc(32, 2)).issue(SESSION).sessionToken],
  ["another session's", other.sessionToken],
  ["cut off", issued.sessionToken.slice(0, -8)],
  ["with something behind", `${issued.sessionToken}AAAA`],
  ["spelled otherwise", `${issued.sessionToken} `],
  ["without its padding", issued.sessionToken.replace(/=+$/, "") + "=".repeat(3)],
  ["very long", "A".repeat(100_000)],
  ["nothing but a version", Buffer.of(1).toString("base64")],
])("a token that is %s is nobody's", (_, token) => {
  expect(sessions.find(issued.accessKeyId, token)).toBeUndefined();
});

test("a token with any byte changed is nobody's", () => {
  for (let at = 0; at < bytes.length; at++) {
    const changed = Buffer.from(bytes);
    changed[at]! ^= 1;
    const token = changed.toString("base64");
    expect(sessions.find(issued.accessKeyId, token), `byte ${at}`).toBeUndefined();
  }
});

test("a token does not go with another's key", () => {
  expect(sessions.find(other.accessKeyId, issued.sessionToken)).toBeUndefined();
  expect(sessions.find(issued.accessKeyId.toLowerCase(), issued.sessionToken)).toBeUndefined();
});

test("the secret is made once for a data folder, readable by its owner only; a broken one is not replaced", () => {
  const folder = mkdtempSync(join(tmpdir(), "neargate-session-"));
  try {
    const secret = loadOrCreateSessionSecret(folder);
    const path = join(folder, "identity", "session-secret");
    expect(secret).toHaveLength(32);
    expect(loadOrCreateSessionSecret(folder)).toEqual(secret);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    writeFileSync(path, "short");
    expect(() => loadOrCreateSessionSecret(folder)).toThrow("does not hold a secret");
  } finally {
    rmSync(folder, { recursive: true });
  }
});
