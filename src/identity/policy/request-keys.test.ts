import { expect, it } from "vitest";
import type { ConditionValues, TagValues } from "../authorization.ts";
import type { Caller } from "../caller.ts";
import { anonymousPrincipal, rootPrincipal, type Principal } from "../principal.ts";
import { ACCOUNT, allow, NOW, OTHER_ACCOUNT, outcomeOf, sessionOf, userNamed } from "./policy-kit.ts";
import { RequestKeys } from "./request-keys.ts";

interface Request {
  principal?: Principal;
  caller?: Partial<Caller>;
  action?: string;
  resourceAccount?: string;
  tags?: TagValues;
  requestTags?: TagValues;
  resourceTags?: TagValues;
  conditions?: ConditionValues;
}

const ana = userNamed("ana");
const app = sessionOf("team/app", "task-1", { sourceIdentity: "carla" });
const issuedAt = Date.parse("2026-03-01T11:30:00Z");
const mfaless = { ...ana, session: { issuedAt, expiresAt: NOW } };
const github = sessionOf("ci", "run", {
  webIdentity: {
    provider: "token.actions.githubusercontent.com",
    subject: "repo:o/r:ref:refs/heads/main",
    audience: "sts.amazonaws.com",
  },
});
const google = sessionOf("ci", "run", {
  webIdentity: { provider: "accounts.google.com", subject: "117", audience: "app" },
});
const root = rootPrincipal(ACCOUNT, "AKIA");
const stranger = anonymousPrincipal(ACCOUNT);
const inVpc = { vpc: { vpcId: "vpc-1", privateIp: "10.0.1.7" } };
const byEndpoint = { vpc: { ...inVpc.vpc, endpointId: "vpce-1" } };
const via = { calledVia: "secretsmanager.amazonaws.com" };

const cases: [string, Request, string | readonly string[] | undefined][] = [
  ["aws:PrincipalArn", {}, `arn:aws:iam::${ACCOUNT}:user/ana`],
  ["aws:PrincipalArn", { principal: app }, `arn:aws:iam::${ACCOUNT}:role/team/app`],
  ["aws:PrincipalArn", { principal: root }, `arn:aws:iam::${ACCOUNT}:root`],
  ["aws:PrincipalArn", { principal: stranger }, undefined],
  ["aws:PrincipalAccount", { principal: app }, ACCOUNT],
  ["aws:PrincipalAccount", { principal: stranger }, undefined],
  ["aws:PrincipalType", {}, "User"],
  ["aws:PrincipalType", { principal: app }, "AssumedRole"],
  ["aws:PrincipalType", { principal: root }, "Account"],
  ["aws:PrincipalType", { principal: stranger }, "Anonymous"],
  ["aws:PrincipalIsAWSService", {}, "false"],
  ["aws:PrincipalServiceName", {}, undefined],
  ["aws:PrincipalOrgID", {}, undefined],
  ["aws:PrincipalTag/Team", { tags: { Team: "a" } }, "a"],
  ["aws:PrincipalTag/team", { tags: { Team: "a" } }, "a"],
  ["aws:PrincipalTag/cost/center", { tags: { "cost/center": "7" } }, "7"],
  ["aws:PrincipalTag/other", { tags: { Team: "a" } }, undefined],
  ["aws:userid", {}, "AIDA0000000000ANA"],
  ["aws:userid", { principal: app }, "AROA0000000000APP:task-1"],
  ["aws:userid", { principal: root }, ACCOUNT],
  ["aws:userid", { principal: stranger }, "anonymous"],
  ["aws:username", {}, "ana"],
  ["AWS:UserName", {}, "ana"],
  ["aws:username", { principal: userNamed("team/ana") }, "ana"],
  ["aws:username", { principal: app }, undefined],
  ["aws:username", { principal: root }, undefined],
  ["aws:SourceIdentity", { principal: app }, "carla"],
  ["aws:SourceIdentity", {}, undefined],
  [
    "aws:FederatedProvider",
    { principal: github },
    `arn:aws:iam::${ACCOUNT}:oidc-provider/token.actions.githubusercontent.com`,
  ],
  ["aws:FederatedProvider", { principal: google }, "accounts.google.com"],
  ["aws:FederatedProvider", { principal: app }, undefined],
  ["token.actions.githubusercontent.com:sub", { principal: github }, "repo:o/r:ref:refs/heads/main"],
  ["accounts.google.com:aud", { principal: google }, "app"],
  ["accounts.google.com:sub", { principal: github }, undefined],
  ["aws:TokenIssueTime", { principal: app }, "2026-03-01T11:30:00Z"],
  ["aws:TokenIssueTime", {}, undefined],
  ["aws:MultiFactorAuthPresent", {}, undefined],
  ["aws:MultiFactorAuthPresent", { principal: mfaless }, "false"],
  ["aws:MultiFactorAuthPresent", { principal: app }, "false"],
  ["aws:MultiFactorAuthAge", { principal: mfaless }, undefined],
  ["aws:SourceIp", { caller: { sourceIp: "203.0.113.7" } }, "203.0.113.7"],
  ["aws:SourceIp", { caller: { sourceIp: "10.0.1.7", ...byEndpoint } }, undefined],
  ["aws:SourceIp", {}, undefined],
  ["aws:SourceIp", { caller: { sourceIp: "203.0.113.7", ...via } }, undefined],
  ["aws:SourceVpce", { caller: { ...byEndpoint, ...via } }, undefined],
  ["aws:VpcSourceIp", { caller: byEndpoint }, "10.0.1.7"],
  ["aws:SourceVpc", { caller: inVpc }, "vpc-1"],
  ["aws:SourceVpc", {}, undefined],
  ["aws:SourceVpce", { caller: byEndpoint }, "vpce-1"],
  ["aws:SourceVpce", { caller: inVpc }, undefined],
  ["aws:UserAgent", { caller: { userAgent: "aws-cli/2" } }, "aws-cli/2"],
  ["aws:SecureTransport", {}, "true"],
  ["aws:SecureTransport", { caller: { secureTransport: false } }, "false"],
  ["aws:CurrentTime", {}, "2026-03-01T12:00:00Z"],
  ["aws:EpochTime", {}, "1772366400"],
  ["aws:RequestedRegion", {}, "eu-west-1"],
  ["aws:RequestedRegion", { action: "iam" }, "us-east-1"],
  ["aws:CalledVia", { caller: via }, ["secretsmanager.amazonaws.com"]],
  ["aws:CalledViaFirst", { caller: via }, "secretsmanager.amazonaws.com"],
  ["aws:CalledViaLast", { caller: via }, "secretsmanager.amazonaws.com"],
  ["aws:CalledVia", {}, undefined],
  ["aws:ViaAWSService", { caller: via }, "true"],
  ["aws:ViaAWSService", {}, "false"],
  ["aws:ResourceAccount", { resourceAccount: OTHER_ACCOUNT }, OTHER_ACCOUNT],
  ["aws:ResourceTag/env", { resourceTags: { Env: "prod" } }, "prod"],
  ["ecs:ResourceTag/env", { resourceTags: { env: "prod" } }, "prod"],
  ["ec2:ResourceTag/env", { resourceTags: { env: "prod" } }, undefined],
  ["ec2:ResourceTag/env", { action: "ec2", resourceTags: { env: "prod" } }, "prod"],
  ["secretsmanager:ResourceTag/env", { action: "secretsmanager", resourceTags: { env: "prod" } }, "prod"],
  ["iam:ResourceTag/env", { action: "iam", resourceTags: { env: "prod" } }, "prod"],
  ["ssm:resourceTag/env", { action: "ssm", resourceTags: { env: "prod" } }, "prod"],
  ["aws:RequestTag/env", { requestTags: { env: "prod" } }, "prod"],
  ["aws:RequestTag/env", {}, undefined],
  ["aws:TagKeys", { requestTags: { env: "prod", team: "a" } }, ["env", "team"]],
  ["aws:TagKeys", { requestTags: {} }, []],
  ["aws:TagKeys", {}, undefined],
  ["ecs:cluster", { conditions: { "ecs:cluster": "arn:c" } }, "arn:c"],
  ["ECS:Cluster", { conditions: { "ecs:cluster": "arn:c" } }, "arn:c"],
  ["sts:TransitiveTagKeys", { conditions: { "sts:TransitiveTagKeys": ["a", "b"] } }, ["a", "b"]],
  ["ecs:cluster", {}, undefined],
  ["constructor", {}, undefined],
];

it.each(cases)("%s of %j", (key, request, expected) => {
  const keys = new RequestKeys({
    subject: request.principal ?? ana,
    environment: { region: "eu-west-1", secureTransport: true, at: NOW, ...request.caller },
    service: request.action ?? "ecs",
    principalTags: request.tags ?? {},
    requestTags: request.requestTags,
    resourceTags: request.resourceTags,
    resourceAccount: request.resourceAccount ?? ACCOUNT,
    conditions: [request.conditions],
  });
  expect(keys.get(key.toLowerCase())).toEqual(typeof expected === "string" ? [expected] : expected);
});

it("prefers what is true of a resource to what is true of the request", async () => {
  const condition = { Condition: { StringEquals: { "ecs:cluster": "of the resource" } } };
  const check = {
    action: "ecs:StopTask",
    conditions: { "ecs:cluster": "of the request" },
    resources: [{ arn: "*", conditions: { "ecs:Cluster": "of the resource" } }],
  };
  expect(await outcomeOf({ principal: ana, check, identity: [allow("ecs:*", "*", condition)] })).toBe("allowed");
});
