import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { systemClock } from "../base/clock.ts";
import { RegistryTokens } from "./tokens.ts";

const folder = mkdtempSync(join(tmpdir(), "neargate-tokens-"));
afterAll(() => rmSync(folder, { recursive: true }));

const scope = { account: "123456789012", region: "eu-west-1" };
let now = 1_000_000;
const clock = { ...systemClock, now: () => now };
const file = join(folder, "registry", "token.key");

test("a token carries its scope until it expires, also past a restart", () => {
  const { token, expiresAt } = new RegistryTokens(file, clock).issue(scope, 1000);
  expect(expiresAt).toEqual(new Date(1_001_000));
  const restarted = new RegistryTokens(file, clock);
  expect(restarted.verify(token)).toEqual({ kind: "valid", grant: { scope, expiresAt: 1_001_000 } });
  now += 1000;
  expect(restarted.verify(token).kind).toBe("expired");
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test("what was not signed here is invalid", () => {
  const tokens = new RegistryTokens(file, clock);
  const { token } = tokens.issue(scope, 1000);
  const [payload, signature] = token.split(".");
  const forged = Buffer.from(JSON.stringify({ scope: { ...scope, account: "1" }, expiresAt: now + 1000 }));
  const elsewhere = new RegistryTokens(join(folder, "other.key"), clock).issue(scope, 1000).token;
  for (const bad of [
    "",
    ".",
    "x.y",
    payload!,
    `${payload}.`,
    `${forged.toString("base64url")}.${signature}`,
    elsewhere,
  ])
    expect(tokens.verify(bad)).toEqual({ kind: "invalid" });
});
