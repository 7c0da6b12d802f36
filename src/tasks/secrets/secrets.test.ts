import type { ContainerDefinition } from "@aws-sdk/client-ecs";
import { describe, expect, test } from "vitest";
import { ExecutionRoleError, type ExecutionRole } from "../ports.ts";
import type { TaskRecord } from "../task-record.ts";
import { formatGoValue } from "./go-format.ts";
import { retrieveLogins, retrieveSecrets } from "./retrieve.ts";
import { parseValueFrom } from "./value-from.ts";

const SECRET = "arn:aws:secretsmanager:us-east-1:000000000000:secret:db-AbCdEf";
const FAILED =
  "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: ";

function taskOf(...containerDefinitions: ContainerDefinition[]): TaskRecord {
  return {
    scope: { account: "000000000000", region: "us-east-1" },
    taskId: "0123",
    definition: { containerDefinitions },
  } as TaskRecord;
}

/** Knows some secrets by ARN and all parameters whose name begins with `/`; notes what it is asked for. */
function roleWith(texts: Record<string, string>) {
  const asked: unknown[] = [];
  const role = {
    async secretValue(_task, { secretId, versionStage }) {
      asked.push([secretId, versionStage]);
      const text = texts[secretId];
      if (text === undefined)
        throw new ExecutionRoleError("AccessDeniedException", "User: u is not authorized", 400, "id");
      return text;
    },
    async parameters(_task, region, names) {
      asked.push([region, names]);
      const found = names.filter((name) => name.includes("/"));
      return {
        values: new Map(found.map((name) => [name, `value of ${name}`])),
        invalid: names.filter((name) => !found.includes(name)),
      };
    },
  } satisfies Partial<ExecutionRole>;
  return { role: role as unknown as ExecutionRole, asked };
}

const from = (...values: string[]) => values.map((valueFrom, i) => ({ name: `V${i}`, valueFrom }));

describe("valueFrom", () => {
  test.each([
    [SECRET, { kind: "secret", secretId: SECRET, region: "us-east-1" }],
    [`${SECRET}:user::`, { kind: "secret", secretId: SECRET, region: "us-east-1", jsonKey: "user" }],
    [`${SECRET}::AWSPREVIOUS:`, { kind: "secret", secretId: SECRET, region: "us-east-1", versionStage: "AWSPREVIOUS" }],
    [
      `${SECRET}:user:stage:id`,
      {
        kind: "secret",
        secretId: SECRET,
        region: "us-east-1",
        jsonKey: "user",
        versionStage: "stage",
        versionId: "id",
      },
    ],
    ["/a/b", { kind: "parameter", name: "/a/b", region: "us-west-2" }],
    [
      "arn:aws:ssm:eu-west-1:000000000000:parameter/a",
      { kind: "parameter", name: "arn:aws:ssm:eu-west-1:000000000000:parameter/a", region: "eu-west-1" },
    ],
  ])("%s", (valueFrom, reference) => {
    expect(parseValueFrom(valueFrom, "us-west-2")).toEqual(reference);
  });

  test.each([`${SECRET}:user`, `${SECRET}:a:b`, `${SECRET}:a:b:c:d`, "arn:aws:secretsmanager:us-east-1:0:other:x"])(
    "%s is none",
    (valueFrom) => {
      expect(() => parseValueFrom(valueFrom, "us-east-1")).toThrow(/an invalid ARN format for the AWS Secrets Manager/);
    },
  );
});

test.each([
  ["text", "text"],
  [5432, "5432"],
  [999_999, "999999"],
  [1_000_000, "1e+06"],
  [123_456_789, "1.23456789e+08"],
  [0.0001, "0.0001"],
  [0.00001, "1e-05"],
  [-1.5, "-1.5"],
  [true, "true"],
  [null, "<nil>"],
  [[1, "a"], "[1 a]"],
  [{ b: 2, a: { c: null } }, "map[a:map[c:<nil>] b:2]"],
])("%j as a variable", (value, text) => {
  expect(formatGoValue(value)).toBe(text);
});

describe("retrieval", () => {
  test("names that objects have already are names like others", async () => {
    const secrets = from("/p/0");
    const task = taskOf(
      { name: "__proto__", secrets },
      { name: "constructor", secrets },
      { name: "app", secrets: [{ name: "__proto__", valueFrom: "/p/1" }] },
    );
    const { environment } = await retrieveSecrets(task, roleWith({}).role);
    expect(Object.entries(environment).map(([name, own]) => [name, Object.entries(own)])).toEqual([
      ["__proto__", [["V0", "value of /p/0"]]],
      ["constructor", [["V0", "value of /p/0"]]],
      ["app", [["__proto__", "value of /p/1"]]],
    ]);
    expect(Object.hasOwn(Object.prototype, "V0")).toBe(false);
  });

  test("each secret once, parameters ten at a time and by Region", async () => {
    const names = Array.from({ length: 11 }, (_, i) => `/p/${i}`);
    const abroad = "arn:aws:ssm:eu-west-1:000000000000:parameter/x";
    const { role, asked } = roleWith({ [SECRET]: '{"user":"me","port":5432}' });
    const task = taskOf(
      { name: "app", secrets: from(SECRET, `${SECRET}:user::`, `${SECRET}:port::`, `${SECRET}::old:`) },
      {
        name: "side",
        secrets: from(...names, abroad),
        logConfiguration: { logDriver: "splunk", secretOptions: [{ name: "splunk-token", valueFrom: "/p/0" }] },
      },
    );
    expect(await retrieveSecrets(task, role)).toEqual({
      environment: {
        app: { V0: '{"user":"me","port":5432}', V1: "me", V2: "5432", V3: '{"user":"me","port":5432}' },
        side: Object.fromEntries([...names, abroad].map((name, i) => [`V${i}`, `value of ${name}`])),
      },
      logOptions: { side: { "splunk-token": "value of /p/0" } },
    });
    expect(asked).toEqual([
      [SECRET, undefined],
      [SECRET, "old"],
      ["us-east-1", names.slice(0, 10)],
      ["us-east-1", names.slice(10)],
      ["eu-west-1", [abroad]],
    ]);
  });

  test.each([
    [
      SECRET,
      {},
      `unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret ${SECRET} from secrets manager: operation error Secrets Manager: GetSecretValue, https response error StatusCode: 400, RequestID: id, api error AccessDeniedException: User: u is not authorized`,
    ],
    [
      `${SECRET}:password::`,
      { [SECRET]: "{}" },
      "unable to retrieve secret from asm: service call has been retried 1 time(s): retrieved secret from Secrets Manager did not contain json key password",
    ],
    [
      `${SECRET}:password::`,
      { [SECRET]: "hush" },
      "unable to retrieve secret from asm: service call has been retried 1 time(s): invalid character looking for beginning of value",
    ],
    [
      "missing",
      {},
      "unable to retrieve secrets from ssm: service call has been retried 1 time(s): invalid ssm parameters: missing",
    ],
  ])("%s of %j fails", async (valueFrom, texts, message) => {
    const task = taskOf({ name: "app", secrets: from(valueFrom) });
    await expect(retrieveSecrets(task, roleWith(texts).role)).rejects.toThrow(FAILED + message);
  });

  const login = (credentialsParameter: string) =>
    taskOf({ name: "app", repositoryCredentials: { credentialsParameter } }, { name: "open" });

  test("the login of a registry", async () => {
    const { role } = roleWith({ [SECRET]: '{"username":"me","password":"hush"}' });
    expect(await retrieveLogins(login(SECRET), role)).toEqual(new Map([["app", { username: "me", password: "hush" }]]));
  });

  test.each([
    ['{"username":"me"}', "asm fetching password: AuthorizationData is malformed, empty field"],
    ['{"password":"me"}', "asm fetching username: AuthorizationData is malformed, empty field"],
    ["hush", "asm fetching authorization data: unable to unmarshal secret value, invalid schema"],
    ['{"username":1}', "asm fetching authorization data: unable to unmarshal secret value, invalid schema"],
    ["", "asm fetching authorization data: empty secrets value"],
  ])("a login of %s", async (text, message) => {
    await expect(retrieveLogins(login(SECRET), roleWith({ [SECRET]: text }).role)).rejects.toThrow(
      `${FAILED}unable to get registry auth from asm: service call has been retried 1 time(s): ${message}`,
    );
  });
});
