import { expect, test } from "vitest";
import { expirationOf, parsePolicies } from "./policies.ts";

const policy = (Type: string, Attributes: unknown) => ({ Type, Version: "1.0", Attributes });
const expiration = policy("Expiration", { Timestamp: "2030-12-02T21:34:33.000Z" });
const warning = policy("ExpirationNotification", { Before: "15", Unit: "Days" });
const unchanged = policy("NoChangeNotification", { After: "20", Unit: "Hours" });

test("policies are kept as they were given, and the expiration among them is found", () => {
  const policies = parsePolicies(JSON.stringify([warning, expiration, unchanged]));
  expect(policies.map(({ type }) => type)).toEqual(["ExpirationNotification", "Expiration", "NoChangeNotification"]);
  expect(JSON.parse(policies[0]!.text)).toEqual(warning);
  expect(expirationOf(policies)).toEqual(new Date("2030-12-02T21:34:33Z"));
  expect([parsePolicies("[]"), parsePolicies("{}")]).toEqual([[], []]);
});

test.each<[string, unknown]>([
  ["IncompatiblePolicyException", [expiration, expiration]],
  ["IncompatiblePolicyException", [warning]],
  ["InvalidPolicyTypeException", [policy("Deletion", {})]],
  ["InvalidPolicyAttributeException", [policy("Expiration", { Timestamp: "tomorrow" })]],
  ["InvalidPolicyAttributeException", [policy("Expiration", { Timestamp: "2030-13-40T00:00:00Z" })]],
  ["InvalidPolicyAttributeException", [policy("NoChangeNotification", { After: "20", Unit: "Weeks" })]],
  ["InvalidPolicyAttributeException", [policy("NoChangeNotification", { After: "x", Unit: "Days" })]],
  ["InvalidPolicyAttributeException", [{ ...expiration, Version: "2.0" }]],
  ["InvalidPolicyAttributeException", "text"],
  ["PoliciesLimitExceededException", Array.from({ length: 11 }, () => unchanged)],
])("%s", (code, policies) => {
  expect(() => parsePolicies(JSON.stringify(policies))).toThrow(expect.objectContaining({ code }));
});
