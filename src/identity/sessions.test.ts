import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { accountOfSessionKey, sessionKeyId } from "./session-key-id.ts";
import { Sessions } from "./sessions.ts";
import type { Session } from "./session.ts";

const SESSION: Session = {
  holder: {
    type: "AssumedRole",
    role: { arn: "arn:aws:iam::111122223333:role/service/worker", id: "AROAAAAAAAAAAAAAAAAAA" },
    sessionName: "0123456789abcdef0123456789abcdef",
  },
  facts: { issuedAt: 1_799_990_000_000, expiresAt: 1_800_000_000_000 },
  region: "eu-west-1",
};
const sessions = new Sessions(Buffer.alloc(32, 1));
const issued = sessions.issue(SESSION);

test("credentials have AWS's form", () => {
  expect(issued.accessKeyId).toMatch(/^ASIA[A-Z2-7]{16}$/);
  expect(issued.secretAccessKey).toMatch(/^[A-Za-z0-9+/]{40}$/);
  expect(issued.sessionToken).toMatch(/^[A-Za-z0-9+/]{100,}=*$/);
  expect(issued.expiresAt).toBe(SESSION.facts.expiresAt);
});

test("a key's id tells its account", () => {
  expect(accountOfSessionKey(issued.accessKeyId)).toBe("111122223333");
  for (const account of ["000000000000", "999999999999"])
    expect(accountOfSessionKey(sessionKeyId(account, Buffer.alloc(32, 255)))).toBe(account);
  // A published key of AWS, whose account is known.
  expect(accountOfSessionKey("ASIAY34FZKBOKMUTVV7A")).toBe("609629065308");
  for (const other of ["AKIAY34FZKBOKMUTVV7A", "ASIAA34FZKBOKMUTVV7A", "ASIA", "ASIA7777777777777777", "no key"])
    expect(accountOfSessionKey(other)).toBeUndefined();
});

/** What a token can say more than that of a task's role. */
const OTHERS: Session[] = [
  { ...SESSION, holder: { ...SESSION.holder, role: { arn: "arn:aws:iam::111122223333:role/other", id: "AROA2" } } },
  { ...SESSION, holder: { ...SESSION.holder, sessionName: "1123456789abcdef0123456789abcdef" } },
  { ...SESSION, holder: { ...SESSION.holder, role: { arn: "arn:aws:iam::000000000000:role/a", id: "AROA1" } } },
  { ...SESSION, region: "eu-west-2" },
  { ...SESSION, facts: { ...SESSION.facts, expiresAt: SESSION.facts.expiresAt + 1000 } },
  { ...SESSION, facts: { ...SESSION.facts, tags: { team: "é", __proto__x: "1" }, transitiveTagKeys: ["team"] } },
  { ...SESSION, facts: { ...SESSION.facts, policy: '{"Statement":[]}', policyArns: ["arn:aws:iam::aws:policy/A"] } },
  { ...SESSION, facts: { ...SESSION.facts, webIdentity: { provider: "i.test", subject: "s", audience: "a" } } },
  { ...SESSION, facts: { ...SESSION.facts, sourceIdentity: "me" } },
  { ...SESSION, taskId: "0123456789abcdef0123456789abcdef" },
  { ...SESSION, holder: { type: "Root", accountId: "111122223333" } },
  {
    ...SESSION,
    holder: {
      type: "User",
      accountId: "111122223333",
      arn: "arn:aws:iam::111122223333:user/a/bob",
      userId: "AIDA1",
      userName: "bob",
    },
  },
] as Session[];

test("a session always has the same, any other session has others", () => {
  expect(new Sessions(Buffer.alloc(32, 1)).issue(SESSION)).toEqual(issued);
  const others = OTHERS.map((session) => sessions.issue(session));
  for (const kind of ["accessKeyId", "secretAccessKey", "sessionToken"] as const)
    expect(new Set([issued, ...others].map((each) => each[kind])).size).toBe(OTHERS.length + 1);
});

test("a key and its token tell whose they are, and all that the session says", () => {
  for (const session of [SESSION, ...OTHERS]) {
    const { accessKeyId, sessionToken } = sessions.issue(session);
    expect(sessions.find(accessKeyId, sessionToken)?.session).toEqual(session);
  }
});

test.each([
  [
    SESSION,
    {
      type: "AssumedRole",
      accountId: "111122223333",
      arn: "arn:aws:sts::111122223333:assumed-role/worker/0123456789abcdef0123456789abcdef",
      userId: "AROAAAAAAAAAAAAAAAAAA:0123456789abcdef0123456789abcdef",
      roleArn: "arn:aws:iam::111122223333:role/service/worker",
      roleName: "worker",
      roleId: "AROAAAAAAAAAAAAAAAAAA",
      sessionName: "0123456789abcdef0123456789abcdef",
      session: SESSION.facts,
    },
  ],
  [
    OTHERS.at(-1)!,
    { type: "User", arn: "arn:aws:iam::111122223333:user/a/bob", userId: "AIDA1", session: SESSION.facts },
  ],
  [OTHERS.at(-2)!, { type: "Root", arn: "arn:aws:iam::111122223333:root", session: SESSION.facts }],
])("the principal of session %#", (session, principal) => {
  const { accessKeyId, sessionToken } = sessions.issue(session);
  const { key } = sessions.find(accessKeyId, sessionToken)!;
  expect(key).toMatchObject({ sessionToken, expiresAt: session.facts.expiresAt });
  expect(key.principal).toMatchObject({ ...principal, accessKeyId });
});

test("tokens stay small, and those of the largest sessions that STS makes still count", () => {
  expect(sessions.issue({ ...SESSION, taskId: "0123456789abcdef0123456789abcdef" }).sessionToken.length).toBeLessThan(
    250,
  );
  // As much as packs into the space that STS has for it, and what else a session can say.
  const random = (bytes: number) => randomBytes(bytes).toString("base64");
  const largest: Session = {
    holder: {
      type: "AssumedRole",
      role: { arn: `arn:aws:iam::111122223333:role/${random(380)}/r`, id: "AROAAAAAAAAAAAAAAAAAA" },
      sessionName: random(48),
    },
    facts: {
      ...SESSION.facts,
      policy: random(1536),
      tags: { [random(90)]: random(180), [random(91)]: random(180), b: random(1800) },
      sourceIdentity: random(48),
      webIdentity: { provider: random(150), subject: random(190), audience: random(190) },
    },
    region: "eu-west-1",
  };
  const { accessKeyId, sessionToken } = sessions.issue(largest);
  expect(sessions.find(accessKeyId, sessionToken)?.session).toEqual(largest);
});

test("the token says nothing of the secret or the session to who reads it", () => {
  const text = Buffer.from(issued.sessionToken, "base64").toString("latin1");
  expect(text).not.toContain("worker");
  expect(text).not.toContain("0123456789abcdef");
});

const bytes = Buffer.from(issued.sessionToken, "base64");
const other = sessions.issue(OTHERS[0]!);
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
  ["nothing but a version", Buffer.of(2).toString("base64")],
  ["of the format before", Buffer.concat([Buffer.of(1), bytes.subarray(1)]).toString("base64")],
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
