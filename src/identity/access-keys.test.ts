import { describe, expect, test } from "vitest";
import type { Scope } from "../base/scope.ts";
import { accessKeys, noteUse } from "./access-keys.ts";
import { emptyDirectory } from "./empty-directory.ts";
import { rootPrincipal } from "./principal.ts";
import type { Session, SessionHolder } from "./session.ts";
import { Sessions } from "./sessions.ts";

const ACCOUNT = "000000000000";
const ROOT = { accessKeyId: "AKIAROOT", secretAccessKey: "r", principal: rootPrincipal(ACCOUNT, "AKIAROOT") };
const ROLE = { arn: "arn:aws:iam::000000000000:role/worker", id: "AROA1" };
const USER = { accountId: ACCOUNT, arn: "arn:aws:iam::000000000000:user/bob", userId: "AIDA1", userName: "bob" };
const sessions = new Sessions(Buffer.alloc(32, 1));

/** A directory with one user, who has two keys, and one role. */
const world = {
  active: true,
  roleId: ROLE.id as string | undefined,
  userId: USER.userId,
  userName: "bob",
  lives: true,
};
const asked: [Scope, string][] = [];
const sources = (rolesExist = true) => ({
  root: () => ROOT,
  directory: {
    ...emptyDirectory,
    userKey: async (accessKeyId: string) =>
      accessKeyId === "AKIABOB"
        ? { accessKeyId, secretAccessKey: "b", active: world.active, userArn: USER.arn, ...USER }
        : undefined,
    user: async (_: string, userId: string) =>
      userId === world.userId
        ? { name: world.userName, arn: `arn:aws:iam::${ACCOUNT}:user/${world.userName}` }
        : undefined,
    role: async () => (world.roleId ? ({ ...ROLE, id: world.roleId } as never) : undefined),
  },
  sessions,
  taskLives: async (scope: Scope, taskId: string) => {
    asked.push([scope, taskId]);
    return world.lives;
  },
  rolesExist,
});
const find = accessKeys(sources());
const session = (holder: SessionHolder, more: Partial<Session> = {}) =>
  sessions.issue({ holder, facts: { issuedAt: 0, expiresAt: 1000 }, region: "eu-west-1", ...more });
const role = (more?: Partial<Session>) => session({ type: "AssumedRole", role: ROLE, sessionName: "s" }, more);

describe("keys", () => {
  test("of the root user and of users", async () => {
    expect(await find("AKIAROOT", undefined)).toBe(ROOT);
    expect(await find("AKIABOB", undefined)).toEqual({
      accessKeyId: "AKIABOB",
      secretAccessKey: "b",
      principal: { type: "User", ...USER, accessKeyId: "AKIABOB" },
    });
    expect(await find("AKIANOBODY", undefined)).toBeUndefined();
    expect(await find("AKIABOB", "token")).toBeUndefined();
    world.active = false;
    expect(await find("AKIABOB", undefined)).toBeUndefined();
    world.active = true;
  });

  test("of a role's session, until the role is gone or made anew", async () => {
    const { accessKeyId, sessionToken } = role();
    expect((await find(accessKeyId, sessionToken))?.principal).toMatchObject({ type: "AssumedRole", roleId: "AROA1" });
    expect(await find(accessKeyId, undefined)).toBeUndefined();
    expect(await find(accessKeyId, "forged")).toBeUndefined();
    for (const roleId of [undefined, "AROA2"]) {
      world.roleId = roleId;
      expect(await find(accessKeyId, sessionToken)).toBeUndefined();
      expect(await accessKeys(sources(false))(accessKeyId, sessionToken)).toBeDefined();
    }
    world.roleId = ROLE.id;
  });

  test("of a user's session, until the user is gone or made anew", async () => {
    const { accessKeyId, sessionToken } = session({ type: "User", ...USER });
    expect((await find(accessKeyId, sessionToken))?.principal).toMatchObject({
      type: "User",
      session: { issuedAt: 0 },
    });
    world.userName = "robert";
    expect((await find(accessKeyId, sessionToken))?.principal).toMatchObject({
      userName: "robert",
      arn: "arn:aws:iam::000000000000:user/robert",
      userId: "AIDA1",
    });
    world.userName = "bob";
    world.userId = "AIDA2";
    expect(await find(accessKeyId, sessionToken)).toBeUndefined();
    world.userId = USER.userId;
  });

  test("of a task's role, as long as the task lives", async () => {
    const { accessKeyId, sessionToken } = role({ taskId: "t" });
    expect(await find(accessKeyId, sessionToken)).toBeDefined();
    expect(asked).toEqual([[{ account: ACCOUNT, region: "eu-west-1" }, "t"]]);
    world.lives = false;
    expect(await find(accessKeyId, sessionToken)).toBeUndefined();
    const plain = role();
    expect(await find(plain.accessKeyId, plain.sessionToken)).toBeDefined();
    world.lives = true;
  });
});

test("what was signed with is noted: keys of long standing, and roles", async () => {
  const noted: unknown[] = [];
  const note = noteUse({
    keyUsed: (id, use) => noted.push([id, use]),
    roleUsed: (arn, use) => noted.push([arn, use]),
  });
  const use = { service: "ecs", region: "eu-west-1", at: 5 };
  const user = session({ type: "User", ...USER });
  const keys: [string, string | undefined][] = [
    ["AKIAROOT", undefined],
    ["AKIABOB", undefined],
    [role().accessKeyId, role().sessionToken],
    [user.accessKeyId, user.sessionToken],
  ];
  for (const key of keys) note((await find(...key))!.principal, use);
  expect(noted).toEqual([
    ["AKIAROOT", use],
    ["AKIABOB", use],
    [ROLE.arn, use],
  ]);
});
