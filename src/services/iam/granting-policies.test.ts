import { expect, test } from "vitest";
import { grants } from "./granting-policies.ts";

test.each([
  [{ Effect: "Allow", Action: "ecs:RunTask", Resource: "*" }, true],
  [{ Effect: "Allow", Action: ["s3:GetObject", "ECS:List*"], Resource: "*" }, true],
  [{ Effect: "Allow", Action: "*", Resource: "*" }, true],
  [{ Effect: "Allow", Action: "ecs-x:RunTask", Resource: "*" }, false],
  [{ Effect: "Deny", Action: "ecs:RunTask", Resource: "*" }, false],
  [{ Effect: "Allow", NotAction: "iam:*", Resource: "*" }, true],
  [{ Effect: "Allow", NotAction: "ecs:RunTask", Resource: "*" }, true],
  [{ Effect: "Allow", NotAction: ["iam:*", "ecs:*"], Resource: "*" }, false],
])("%j grants access to ECS: %s", (statement, expected) => {
  expect(grants(JSON.stringify({ Version: "2012-10-17", Statement: statement }), "ecs")).toBe(expected);
  expect(grants(JSON.stringify({ Version: "2012-10-17", Statement: [statement] }), "ecs")).toBe(expected);
});
