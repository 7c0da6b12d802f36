/**
 * How long it takes to decide about one ECS request: by a user with five managed policies of twenty statements each, by a
 * role with a boundary and a session policy besides, and by a user whose policies are mostly denials with conditions.
 *
 *     node bench/authorize.ts [rounds] [requests in each]
 */
import { type ActionCheck, AccessDenied } from "../src/identity/authorization.ts";
import type { Caller } from "../src/identity/caller.ts";
import type { IdentityDirectory, PrincipalPolicies } from "../src/identity/directory.ts";
import { rolePrincipal, type Principal } from "../src/identity/principal.ts";
import { PolicyAuthorizer } from "../src/identity/policy/authorizer.ts";
import { parsePolicy, type Policy } from "../src/identity/policy/policy.ts";
import { percentiles, table } from "./report.ts";

const ROUNDS = Number(process.argv[2] ?? 50);
const REQUESTS = Number(process.argv[3] ?? 2000);
const ACCOUNT = "111122223333";
const SERVICES = ["ec2", "ecr", "ecs", "elasticfilesystem", "kms", "logs", "sqs", "sns", "secretsmanager", "ssm"];

/** Twenty statements of three actions and two resources each; every fourth has a condition. */
function managedPolicy(number: number, effect: "Allow" | "Deny" = "Allow"): Policy {
  const statements = Array.from({ length: 20 }, (_, index) => {
    const service = SERVICES[(number + index) % SERVICES.length]!;
    const tagged = { StringEquals: { "aws:ResourceTag/team": "${aws:PrincipalTag/team}" } };
    const elsewhere = { NotIpAddress: { "aws:SourceIp": ["10.0.0.0/8", "127.0.0.0/8"] } };
    return {
      Sid: `S${number}x${index}`,
      Effect: effect,
      Action: [`${service}:Get*`, `${service}:Describe*${index}`, `${service}:Create?*${number}`],
      Resource: [
        `arn:aws:${service}:*:${ACCOUNT}:*/team-${index}/*`,
        `arn:aws:${service}:eu-west-1:${ACCOUNT}:x-${number}-*`,
      ],
      ...(index % 4 === 0 && { Condition: effect === "Deny" ? elsewhere : tagged }),
    };
  });
  return parsePolicy(JSON.stringify({ Version: "2012-10-17", Statement: statements }), "identity");
}

function policyOf(statement: object): Policy {
  return parsePolicy(JSON.stringify({ Version: "2012-10-17", Statement: statement }), "identity");
}

const cluster = `arn:aws:ecs:eu-west-1:${ACCOUNT}:cluster/prod`;
const runTasks = policyOf({
  Effect: "Allow",
  Action: ["ecs:RunTask", "ecs:StopTask", "ecs:Describe*", "ecs:List*"],
  Resource: `arn:aws:ecs:*:${ACCOUNT}:*`,
  Condition: {
    ArnLike: { "ecs:cluster": `arn:aws:ecs:*:${ACCOUNT}:cluster/*` },
    StringEquals: { "aws:RequestedRegion": "eu-west-1" },
  },
});
const everything = policyOf({ Effect: "Allow", Action: "*", Resource: "*" });
const numbers = [1, 2, 3, 4];

/** Each denies the action in question, under a condition that does not hold. */
const refusals = policyOf(
  Array.from({ length: 20 }, (_, index) => ({
    Effect: "Deny",
    Action: ["ecs:Run*", "ecs:Stop*"],
    Resource: "*",
    Condition: {
      NotIpAddress: { "aws:SourceIp": ["127.0.0.0/8", `10.${index}.0.0/16`, "2001:db8::/32"] },
      StringNotLike: { "aws:PrincipalArn": [`arn:aws:iam::*:role/admin-${index}*`, "arn:aws:iam::*:role/break-glass"] },
    },
  })),
);

const user: Principal = {
  type: "User",
  accountId: ACCOUNT,
  arn: `arn:aws:iam::${ACCOUNT}:user/ana`,
  userName: "ana",
  userId: "AIDA0",
  accessKeyId: "AKIA0",
};
const role: Principal = rolePrincipal(
  { arn: `arn:aws:iam::${ACCOUNT}:role/app`, id: "AROA0" },
  "task",
  { issuedAt: 0, expiresAt: 1 },
  "ASIA0",
);

const situations: Record<string, { principal: Principal; policies: PrincipalPolicies }> = {
  "user, 5 policies of about 20 statements": {
    principal: user,
    policies: { identity: [...numbers.map((number) => managedPolicy(number)), runTasks], tags: { team: "a" } },
  },
  "role, the same with a boundary and a session policy": {
    principal: role,
    policies: {
      identity: [...numbers.map((number) => managedPolicy(number)), runTasks],
      boundary: policyOf([{ Effect: "Allow", Action: ["ecs:*", "ecr:*", "logs:*"], Resource: "*" }]),
      session: [runTasks],
      tags: { team: "a" },
    },
  },
  "user, mostly denials with conditions": {
    principal: user,
    policies: { identity: [...numbers.map((number) => managedPolicy(number, "Deny")), refusals, everything], tags: {} },
  },
  "user, denied": {
    principal: user,
    policies: { identity: numbers.map((number) => managedPolicy(number)), tags: { team: "a" } },
  },
};

const check: ActionCheck = {
  action: "ecs:RunTask",
  conditions: { "ecs:cluster": cluster },
  requestTags: { team: "a" },
  resources: [{ arn: `arn:aws:ecs:eu-west-1:${ACCOUNT}:task-definition/web:7`, tags: () => ({ team: "a" }) }],
};

/** Microseconds of the thread's processor time for one request, of each round: what else the machine does counts for nothing. */
async function measure(principal: Principal, policies: PrincipalPolicies): Promise<number[]> {
  const directory = { policiesOf: async () => policies } as unknown as IdentityDirectory;
  const authorizer = new PolicyAuthorizer({ directory });
  const caller: Caller = {
    principal,
    region: "eu-west-1",
    secureTransport: false,
    at: Date.now(),
    sourceIp: "127.0.0.1",
  };
  const samples: number[] = [];
  // The first rounds warm the compiler up.
  for (let round = -5; round < ROUNDS; round += 1) {
    const started = process.threadCpuUsage();
    for (let request = 0; request < REQUESTS; request += 1)
      try {
        await authorizer.authorize(caller, [check]);
      } catch (cause) {
        if (!(cause instanceof AccessDenied)) throw cause;
      }
    const spent = process.threadCpuUsage(started);
    if (round >= 0) samples.push((spent.user + spent.system) / REQUESTS);
  }
  return samples;
}

const rows = [["an ECS request, µs", "p50", "p90", "max"]];
for (const [name, { principal, policies }] of Object.entries(situations))
  rows.push([name, ...percentiles(await measure(principal, policies)).cells]);
console.log(table(rows));
