import { describe, expect, test } from "vitest";
import { conforms, newPasswordPolicy, passwordPolicyView } from "./password-policy.ts";

describe("without a policy of the account's own", () => {
  test.each([
    ["three kinds of characters", "abcdEFG1", true],
    ["with a symbol for one of them", "abcdefg1!", true],
    ["two kinds", "abcdefg1", false],
    ["too short", "abcDE1!", false],
    ["the account's name", "acme-2026", false],
    ["what counts as no symbol", "abcdefg1 ~", false],
  ])("%s", (_, password, accepted) => {
    expect(conforms(password, undefined, "acme-2026")).toBe(accepted);
  });
});

describe("with a policy", () => {
  test.each([
    ["nothing asked for but six characters", {}, "aaaaaa", true],
    ["too short", {}, "aaaaa", false],
    ["length", { MinimumPasswordLength: 9 }, "aaaaaaaa", false],
    ["a missing digit", { RequireNumbers: true }, "aaaaaa", false],
    ["a missing capital", { RequireUppercaseCharacters: true }, "aaaaa1", false],
    ["a missing small letter", { RequireLowercaseCharacters: true }, "AAAAA1", false],
    ["a missing symbol", { RequireSymbols: true }, "AAAaa1", false],
    ["all that is asked for", { RequireSymbols: true, RequireNumbers: true }, "aaaa1|", true],
    ["the account's name, which only the default forbids", {}, "acme-2026", true],
  ])("%s", (_, policy, password, accepted) => {
    expect(conforms(password, newPasswordPolicy(policy), "acme-2026")).toBe(accepted);
  });

  test("what is not given has its default", () => {
    const defaults = {
      MinimumPasswordLength: 6,
      RequireSymbols: false,
      RequireNumbers: false,
      RequireUppercaseCharacters: false,
      RequireLowercaseCharacters: false,
      AllowUsersToChangePassword: false,
    };
    expect(passwordPolicyView(newPasswordPolicy({}))).toEqual({ ...defaults, ExpirePasswords: false });
    expect(passwordPolicyView(newPasswordPolicy({ MaxPasswordAge: 30, HardExpiry: true }))).toEqual({
      ...defaults,
      MaxPasswordAge: 30,
      HardExpiry: true,
      ExpirePasswords: true,
    });
  });
});
