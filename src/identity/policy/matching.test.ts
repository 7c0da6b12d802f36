import { expect, it } from "vitest";
import { verdictOf } from "./decide.ts";
import { parsePolicy } from "./policy.ts";
import { documentOf } from "./policy-kit.ts";

function applies(elements: object, action: string, resource: string, keys: Record<string, string> = {}): boolean {
  const policy = parsePolicy(documentOf({ Effect: "Allow", ...elements }), "identity");
  const get = (key: string) => (keys[key] === undefined ? undefined : [keys[key]]);
  return verdictOf(policy.statements, { action: action.toLowerCase(), resource, keys: { get } }) === "allow";
}

/** The policy's actions, the request's, whether they match. */
const actionCases: [string | string[], string, boolean][] = [
  ["ecs:RunTask", "ecs:RunTask", true],
  ["ECS:runtask", "ecs:RunTask", true],
  ["ecs:RunTask", "ecs:RunTasks", false],
  ["ecs:RunTask", "ecs:StartTask", false],
  ["*", "ecs:RunTask", true],
  ["ecs:*", "ecs:RunTask", true],
  ["ecs:*", "ecr:GetAuthorizationToken", false],
  ["ecs:Run*", "ecs:RunTask", true],
  ["ecs:*Task", "ecs:RunTask", true],
  ["ecs:*Task", "ecs:ListTasks", false],
  ["ecs:*Task*", "ecs:ListTasks", true],
  ["ecs:R??Task", "ecs:RunTask", true],
  ["ecs:R?Task", "ecs:RunTask", false],
  ["iam:*AccessKey*", "iam:CreateAccessKey", true],
  ["iam:*AccessKey*", "iam:CreateUser", false],
  ["s3:GetObject*", "s3:GetObject", true],
  [["s3:Get*", "s3:List*"], "s3:ListBucket", true],
  [["s3:Get*", "s3:List*"], "s3:PutObject", false],
];

it.each(actionCases)("action %j covers %s: %s", (actions, action, expected) => {
  expect(applies({ Action: actions, Resource: "*" }, action, "*")).toBe(expected);
  expect(applies({ NotAction: actions, Resource: "*" }, action, "*")).toBe(!expected);
});

const cluster = "arn:aws:ecs:eu-west-1:111122223333:cluster/prod";
const object = "arn:aws:s3:::bucket/home/ana/x.txt";
const log = "arn:aws:logs:eu-west-1:111122223333:log-group:/ecs/web:log-stream:a/b";

/** The policy's resources, the request's, keys of the request, whether they match. */
const resourceCases: [string | string[], string, Record<string, string>, boolean][] = [
  ["*", cluster, {}, true],
  ["*", "*", {}, true],
  [cluster, cluster, {}, true],
  [cluster, "*", {}, false],
  [cluster, `${cluster}-2`, {}, false],
  [cluster.toUpperCase().replace("ARN:AWS:ECS", "arn:aws:ecs"), cluster, {}, false],
  ["arn:aws:ecs:*:111122223333:cluster/*", cluster, {}, true],
  ["arn:aws:ecs:us-*:111122223333:cluster/*", cluster, {}, false],
  ["arn:aws:ecs:eu-west-?:*:cluster/p*", cluster, {}, true],
  ["arn:aws:ecs:*:*:service/*", cluster, {}, false],
  ["arn:aws:ecs:eu-west-1:444455556666:cluster/*", cluster, {}, false],
  ["arn:aws:ecs", cluster, {}, true],
  ["arn:aws:ecs:eu-west-1", cluster, {}, true],
  ["arn:aws:ecs:us-east-1", cluster, {}, false],
  ["arn:aws:ecs:eu-west-1:*", cluster, {}, true],
  ["arn:aws:s3:::bucket", object, {}, false],
  ["arn:aws:s3:::bucket/*", object, {}, true],
  ["arn:aws:s3:::bucket/*", "arn:aws:s3:::bucket", {}, false],
  ["arn:aws:s3:::bucket*", "arn:aws:s3:::bucket", {}, true],
  ["arn:aws:s3:::bucket/*.txt", object, {}, true],
  ["arn:aws:s3:::bucket/*.jpg", object, {}, false],
  ["arn:aws:s3:::*/home/*", object, {}, true],
  ["arn:aws:s3:::bucket/home/*/x.txt", object, {}, true],
  ["arn:aws:s3:::bucket/*", "arn:aws:s3:::bucket/a:b/c", {}, true],
  ["arn:aws:s3:::bucket/home/${aws:username}/*", object, { "aws:username": "ana" }, true],
  ["arn:aws:s3:::bucket/home/${aws:username}/*", object, { "aws:username": "bob" }, false],
  ["arn:aws:s3:::bucket/home/${aws:username}/*", object, {}, false],
  ["arn:aws:s3:::bucket/home/${aws:username, 'ana'}/*", object, {}, true],
  ["arn:aws:s3:::bucket/home/${aws:username}/*", object, { "aws:username": "*" }, false],
  ["arn:aws:s3:::bucket/${aws:PrincipalTag/home}/*", object, { "aws:principaltag/home": "home" }, true],
  ["arn:aws:s3:::bucket/${*}", "arn:aws:s3:::bucket/*", {}, true],
  ["arn:aws:s3:::bucket/${*}", object, {}, false],
  ["arn:aws:logs:*:*:log-group:/ecs/*", log, {}, true],
  ["arn:aws:logs:*:*:log-group:/ecs/web:*", log, {}, true],
  ["arn:aws:logs:*:*:log-group:/ecs/web", log, {}, false],
  ["arn:aws:logs:*:*:log-group:*:log-stream:a/*", log, {}, true],
  ["arn:*:s3:::bucket/*", object, {}, true],
  [["arn:aws:s3:::other/*", "arn:aws:s3:::bucket/*"], object, {}, true],
];

it.each(resourceCases)("resource %j covers %s with %j: %s", (resources, resource, keys, expected) => {
  expect(applies({ Action: "*", Resource: resources }, "s3:GetObject", resource, keys)).toBe(expected);
  expect(applies({ Action: "*", NotResource: resources }, "s3:GetObject", resource, keys)).toBe(!expected);
});

it("matches wildcards in a time that does not explode", () => {
  const pattern = `arn:aws:s3:::${"a*".repeat(500)}b`;
  const started = process.cpuUsage(); // of this process: others may have the processor meanwhile
  expect(applies({ Action: "*", Resource: pattern }, "s3:GetObject", `arn:aws:s3:::${"a".repeat(20_000)}c`)).toBe(
    false,
  );
  expect(process.cpuUsage(started).user / 1000).toBeLessThan(2000);
});
