import { expect, test } from "vitest";
import { systemClock } from "../../base/clock.ts";
import { PolicyAuthorizer } from "../../identity/policy/authorizer.ts";
import { parsePolicy } from "../../identity/policy/policy.ts";
import { rolePrincipal } from "../../identity/principal.ts";
import type { IdentityDirectory } from "../../identity/directory.ts";
import type { TaskRecord } from "../../tasks/task-record.ts";
import { ClientAccess } from "./client-access.ts";
import type { Efs } from "./efs.ts";

const scope = { account: "111122223333", region: "eu-west-1" };
const role = { arn: "arn:aws:iam::111122223333:role/app", id: "AROAEXAMPLE" };
const task = { scope, eni: { privateIp: "10.0.0.5" } } as TaskRecord;
const all = ["ClientMount", "ClientWrite", "ClientRootAccess"].map((name) => `elasticfilesystem:${name}`);
const allow = { Effect: "Allow", Principal: { AWS: "*" } };

/** What a task may do with a file system that has a policy, and its role another. */
async function rights(policy: object[] | undefined, { identity = [] as object[], iam = false, trusts = true } = {}) {
  const text = (Statement: object[]) => JSON.stringify({ Version: "2012-10-17", Statement });
  const record = { policy: policy && text(policy), tags: [] };
  const efs = { records: { fileSystems: { get: async () => record } } } as unknown as Efs;
  const own = identity.length ? [parsePolicy(text(identity), "identity")] : [];
  const directory = { policiesOf: async () => ({ identity: own, tags: {} }) } as unknown as IdentityDirectory;
  const access = new ClientAccess(efs, systemClock);
  const principal = rolePrincipal(role, "task", { issuedAt: 0, expiresAt: 9e12 }, "");
  const caller = { principal, region: scope.region, secureTransport: true, at: 0 };
  access.use({
    authorizer: new PolicyAuthorizer({ directory }),
    roles: { taskCaller: async () => (trusts ? caller : undefined) },
  });
  const volume = {
    fileSystemId: "fs-0123456789abcdef0",
    transitEncryption: "ENABLED" as const,
    authorizationConfig: { accessPointId: "fsap-1", iam: iam ? ("ENABLED" as const) : ("DISABLED" as const) },
  };
  const { mount, write, root } = await access.rightsOf(task, volume);
  return [mount && "mount", write && "write", root && "root"].filter(Boolean).join(" ");
}

test.each<[string, Parameters<typeof rights>, string]>([
  ["without a policy, everything", [undefined], "mount write root"],
  ["what everyone may", [[{ ...allow, Action: all.slice(0, 2) }]], "mount write"],
  [
    "nothing that is denied",
    [
      [
        { ...allow, Action: all },
        { ...allow, Effect: "Deny", Action: all[1] },
      ],
    ],
    "mount root",
  ],
  ["nothing as nobody, where a role is named", [[{ ...allow, Principal: { AWS: role.arn }, Action: all }]], ""],
  ["what its role may", [[{ ...allow, Principal: { AWS: role.arn }, Action: all[0] }], { iam: true }], "mount"],
  [
    "what its role's own policies say",
    [
      [{ ...allow, Effect: "Deny", Action: all[2] }],
      { iam: true, identity: [{ Effect: "Allow", Action: all, Resource: "*" }] },
    ],
    "mount write",
  ],
  ["nothing with a role that is not there", [[{ ...allow, Action: all }], { iam: true, trusts: false }], ""],
  [
    "only by the access point that is named",
    [
      [
        {
          ...allow,
          Action: all[0],
          Condition: {
            StringEquals: {
              "elasticfilesystem:AccessPointArn":
                "arn:aws:elasticfilesystem:eu-west-1:111122223333:access-point/fsap-2",
            },
          },
        },
      ],
    ],
    "",
  ],
  [
    "with the condition that the console writes",
    [[{ ...allow, Action: all, Condition: { Bool: { "elasticfilesystem:AccessedViaMountTarget": "true" } } }]],
    "mount write root",
  ],
  [
    "only encrypted",
    [
      [
        { ...allow, Action: all },
        { ...allow, Effect: "Deny", Action: "*", Condition: { Bool: { "aws:SecureTransport": "false" } } },
      ],
    ],
    "mount write root",
  ],
])("a task may do %s", async (_what, parameters, expected) => {
  expect(await rights(...parameters)).toBe(expected);
});
