import { randomBytes } from "node:crypto";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { systemClock } from "../../base/clock.ts";
import { randomIds } from "../../base/ids.ts";
import { silentLogger } from "../../base/log.ts";
import { scopeKey } from "../../base/scope.ts";
import { allowAll } from "../../identity/authorization.ts";
import { rootPrincipal } from "../../identity/principal.ts";
import { Keyring } from "../../keyring/keyring.ts";
import { sqliteDialect } from "../../store/sqlite.ts";
import { Store } from "../../store/store.ts";
import type { RequestContext } from "../../wire/context.ts";
import { keyCrypto } from "../kms/key-crypto.ts";
import { Kms } from "../kms/kms.ts";
import { deleteParameter } from "./operations/delete-parameter.ts";
import { getParameter } from "./operations/get-parameter.ts";
import { getParameterHistory } from "./operations/get-parameter-history.ts";
import { labelParameterVersion } from "./operations/label-parameter-version.ts";
import { putParameter } from "./operations/put-parameter.ts";
import { Ssm } from "./ssm.ts";

const scope = { account: "000000000000", region: "us-east-1" };
const principal = rootPrincipal(scope.account, "AKIA");
const caller = { principal, region: scope.region, secureTransport: true, at: 0 };
const context = { scope, principal, caller } as unknown as RequestContext;

let now: number;
let store: Store;
let ssm: Ssm;

beforeEach(async () => {
  now = Date.parse("2026-02-11T09:30:00Z");
  store = new Store(sqliteDialect(":memory:"), silentLogger);
  const keyring = new Keyring(randomBytes(32), { provider: "file", id: "test", place: "here" });
  const parts = { store, keyring, clock: { ...systemClock, now: () => now }, ids: randomIds, log: silentLogger };
  ssm = new Ssm({ ...parts, keys: keyCrypto(new Kms({ ...parts, authorizer: allowAll })) });
  await store.open();
  await ssm.start();
});
afterEach(async () => {
  await ssm.stop();
  await store.close();
});

const put = (Value: string, more: object = {}) =>
  putParameter(ssm)({ Name: "/p", Value, Type: "String", Overwrite: true, ...more }, context);
const read = async (Name = "/p") => (await getParameter(ssm)({ Name }, context)).Parameter!.Value;
const left = () => ssm.records.versions.count(scopeKey(scope));

test("the last hundred versions are kept, and none with a label goes", async () => {
  for (let n = 1; n <= 101; n++) await put(`value ${n}`);
  await expect(read("/p:1")).rejects.toMatchObject({ code: "ParameterVersionNotFound" });
  expect([await read("/p:2"), await read("p:101"), await left()]).toEqual(["value 2", "value 101", 99]);
  const { Parameters, NextToken } = await getParameterHistory(ssm)({ Name: "/p", MaxResults: 50 }, context);
  expect([Parameters![0]!.Version, Parameters!.at(-1)!.Version]).toEqual([2, 51]);
  expect((await getParameterHistory(ssm)({ Name: "/p", NextToken }, context)).Parameters).toHaveLength(50);

  await labelParameterVersion(ssm)({ Name: "/p", ParameterVersion: 2, Labels: ["keep"] }, context);
  await expect(put("one more")).rejects.toMatchObject({
    code: "ParameterMaxVersionLimitExceeded",
    message:
      "You attempted to create a new version of /p by calling the PutParameter API with the overwrite flag. Version 2, the oldest version, can't be deleted because it has a label associated with it. Move the label to another version of the parameter, and try again.",
  });
  await labelParameterVersion(ssm)({ Name: "/p", ParameterVersion: 3, Labels: ["keep"] }, context);
  await put("one more");
  await deleteParameter(ssm)({ Name: "/p" }, context);
  expect(await left()).toBe(0);
});

test("a version has ten labels at most", async () => {
  await put("v");
  const Labels = Array.from({ length: 10 }, (_, n) => `label${n}`);
  await labelParameterVersion(ssm)({ Name: "/p", Labels }, context);
  await expect(labelParameterVersion(ssm)({ Name: "/p", Labels: ["more"] }, context)).rejects.toMatchObject({
    code: "ParameterVersionLabelLimitExceeded",
  });
  await put("w");
  expect(await read("/p:label9")).toBe("v");
});

test("a parameter goes when its time has come, also when the engine was off then, unless that was taken back", async () => {
  const policy = { Type: "Expiration", Version: "1.0", Attributes: { Timestamp: "2026-02-12T00:00:00Z" } };
  const mortal = { Tier: "Advanced", Policies: JSON.stringify([policy]) };
  await put("v", mortal);
  await put("spared", { ...mortal, Name: "/q" });
  await put("spared", { Name: "/q", Policies: "[]" });
  await put("kept on", { Name: "/p" }); // policies stay until others are given
  await ssm.stop();
  now += 86_400_000;
  await ssm.start();
  await vi.waitFor(() => expect(read()).rejects.toMatchObject({ code: "ParameterNotFound" }), { timeout: 10_000 });
  expect([await read("/q"), await left()]).toEqual(["spared", 1]);
});
