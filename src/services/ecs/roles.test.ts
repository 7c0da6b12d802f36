import { expect, test } from "vitest";
import { checkRoles } from "./roles.ts";

const scope = { account: "111122223333", region: "eu-west-1" };
const ROLE = "arn:aws:iam::111122223333:role/worker";

test.each([
  [{}],
  [{ taskRoleArn: "", executionRoleArn: "" }],
  [{ taskRoleArn: ROLE, executionRoleArn: ROLE }],
  [{ taskRoleArn: "arn:aws:iam::111122223333:role/a/path/wor+k=e,r.@-_" }],
  [{ taskRoleArn: "worker" }],
])("%j is taken", (roles) => {
  expect(() => checkRoles(roles, scope)).not.toThrow();
});

test.each([
  [{ taskRoleArn: "arn:aws:iam::999999999999:role/worker" }],
  [{ taskRoleArn: "arn:aws:iam::111122223333:user/worker" }],
  [{ taskRoleArn: "arn:aws:iam:eu-west-1:111122223333:role/worker" }],
  [{ taskRoleArn: "arn:aws:ecs:eu-west-1:111122223333:cluster/test" }],
  [{ taskRoleArn: "arn:aws:iam::111122223333:role/" }],
  [{ taskRoleArn: "arn:aws:iam::111122223333:role//worker" }],
  [{ taskRoleArn: "arn:aws:iam::111122223333:role/wor ker" }],
  [{ taskRoleArn: `arn:aws:iam::111122223333:role/${"a".repeat(65)}` }],
  [{ taskRoleArn: "REPLACE_ME/TASK" }],
  [{ executionRoleArn: "worker" }],
  [{ executionRoleArn: "arn:aws:iam::999999999999:role/worker" }],
])("%j is refused", (roles) => {
  expect(() => checkRoles(roles, scope)).toThrow("Role is not valid");
});
