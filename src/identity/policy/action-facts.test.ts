import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { actionFacts, TABLE_SERVICES, type ActionTable } from "./action-facts.ts";

const ROOT = join(import.meta.dirname, "../../..");

const cases: [string, string, boolean, string[]][] = [
  ["ecs:RunTask", "Write", false, ["task-definition"]],
  ["ecs:ListClusters", "List", true, []],
  ["ecs:TagResource", "Tagging", false, []],
  ["ecr:GetAuthorizationToken", "Read", true, []],
  ["iam:PutRolePolicy", "Permissions management", false, ["role"]],
  ["secretsmanager:GetSecretValue", "Read", true, ["Secret"]],
  ["kms:Decrypt", "Write", true, ["key"]],
  ["sts:AssumeRole", "Write", true, ["role"]],
  ["s3:GetObject", "Read", true, []],
];

it.each(cases)("knows of %s: %s, read only %s, needs %j", async (action, accessLevel, readOnly, required) => {
  const facts = await actionFacts(action.toUpperCase());
  expect(facts).toMatchObject({ name: action, accessLevel, readOnly });
  expect(facts!.resources.filter((resource) => resource.required).map(({ type }) => type)).toEqual(required);
});

it("knows which condition keys and resources an action has", async () => {
  const facts = await actionFacts("ecs:RunTask");
  expect(facts!.conditionKeys).toEqual(expect.arrayContaining(["ecs:cluster", "aws:RequestTag/${TagKey}"]));
  expect(facts!.resources[0]!.arn).toBe(
    "arn:${Partition}:ecs:${Region}:${Account}:task-definition/${TaskDefinitionFamilyName}:${TaskDefinitionRevisionNumber}",
  );
});

it.each(["ecs:NoSuchAction", "nosuchservice:RunTask", "../../package:x", "RunTask", ""])(
  "knows no %j",
  async (action) => {
    expect(await actionFacts(action)).toBeUndefined();
  },
);

/** Actions and condition keys are told from other texts by a service's prefix; a misspelled one would match no policy. */
it("has every action and condition key that the services' rules name", () => {
  const known = new Set<string>();
  for (const service of TABLE_SERVICES) {
    const table = JSON.parse(readFileSync(join(ROOT, `generated/iam/${service}.json`), "utf8")) as ActionTable;
    for (const action of Object.keys(table.actions)) known.add(`${service}:${action}`.toLowerCase());
    for (const key of Object.keys(table.keys)) known.add(key.toLowerCase());
  }
  const name = new RegExp(`["'\`]((?:${TABLE_SERVICES.join("|")}):[A-Za-z][A-Za-z0-9-]+)["'\`]`, "g");
  const files = globSync("src/services/*/{,*/}*.ts", { cwd: ROOT }).filter((file) => !file.endsWith(".test.ts"));
  const named = files.flatMap((file) =>
    [...readFileSync(join(ROOT, file), "utf8").matchAll(name)].map(([, text]) => text!),
  );
  expect(named.length).toBeGreaterThan(100);
  expect(named.filter((text) => !known.has(text.toLowerCase()))).toEqual([]);
});
