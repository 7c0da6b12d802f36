import { expect, test } from "vitest";
import type { Violation } from "../../wire/validate.ts";
import { ecsWording } from "./violation-wording.ts";

const strategies: Violation["breach"] = { rule: "enum", values: ["DAEMON", "REPLICA"] };
const statuses: Violation["breach"] = { rule: "enum", values: ["ACTIVE", "ALL", "INACTIVE"] };

test.each<[message: string, violation: Violation]>([
  ["TaskDefinition can not be blank.", { path: ["taskDefinition"], value: null, breach: { rule: "required" } }],
  [
    "Scheduling strategy should be one of [REPLICA,DAEMON]",
    { path: ["schedulingStrategy"], value: "BOGUS", breach: strategies },
  ],
  ["status should be one of [ACTIVE,INACTIVE,ALL]", { path: ["status"], value: "BOGUS", breach: statuses }],
  [
    "include should be one of [TAGS]",
    { path: ["include"], value: ["BOGUS"], breach: { rule: "enum", values: ["TAGS"] } },
  ],
  [
    "condition should be one of [START]",
    {
      path: ["containerDefinitions", 1, "member", "dependsOn", 1, "member", "condition"],
      value: "BOGUS",
      breach: { rule: "enum", values: ["START"] },
    },
  ],
  [
    "1 validation error detected: Value '[]' at 'tags' failed to satisfy constraint: Member must have length less than or equal to 50",
    { path: ["tags"], value: [], breach: { rule: "max", limit: 50, of: "length" } },
  ],
])("%s", (message, violation) => {
  expect(ecsWording([violation], "InvalidParameterException")).toMatchObject({
    code: "InvalidParameterException",
    message,
  });
});
