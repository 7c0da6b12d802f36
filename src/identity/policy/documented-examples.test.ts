import { describe, expect, it } from "vitest";
import type { ActionCheck } from "../authorization.ts";
import type { Caller } from "../caller.ts";
import type { Principal } from "../principal.ts";
import { ACCOUNT, allow, deny, outcomeOf, sessionOf, userNamed } from "./policy-kit.ts";

/**
 * What AWS's documentation gives as examples of policies, tried out on requests:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_examples.html and the pages of the services.
 */
interface Trial {
  action: string;
  resource?: string;
  principal?: Principal;
  caller?: Partial<Caller>;
  tags?: Record<string, string>;
  conditions?: ActionCheck["conditions"];
  requestTags?: Record<string, string>;
  resourceTags?: Record<string, string>;
  allowed: boolean;
}

const ana = userNamed("ana");
const when = (Condition: object) => ({ Condition });
const task = `arn:aws:ecs:eu-west-1:${ACCOUNT}:task/prod/0123`;
const prod = `arn:aws:ecs:eu-west-1:${ACCOUNT}:cluster/prod`;
const appRole = `arn:aws:iam::${ACCOUNT}:role/app`;
const instance = `arn:aws:ec2:eu-west-1:${ACCOUNT}:instance/i-1`;
const secret = `arn:aws:secretsmanager:eu-west-1:${ACCOUNT}:secret:prod/db-AbCdEf`;
const key = `arn:aws:kms:eu-west-1:${ACCOUNT}:key/1`;

const examples: Record<string, { policy: object[]; trials: Trial[] }> = {
  "access within some dates": {
    policy: [
      allow(
        "ecs:*",
        "*",
        when({
          DateGreaterThan: { "aws:CurrentTime": "2026-01-01T00:00:00Z" },
          DateLessThan: { "aws:CurrentTime": "2026-06-30T23:59:59Z" },
        }),
      ),
    ],
    trials: [
      { action: "ecs:ListClusters", allowed: true },
      { action: "ecs:ListClusters", caller: { at: Date.parse("2025-12-31T23:59:59Z") }, allowed: false },
      { action: "ecs:ListClusters", caller: { at: Date.parse("2026-07-01T00:00:00Z") }, allowed: false },
    ],
  },
  "nothing outside some Regions but for global services": {
    policy: [
      allow("*"),
      {
        Effect: "Deny",
        NotAction: ["iam:*", "sts:*"],
        Resource: "*",
        ...when({ StringNotEquals: { "aws:RequestedRegion": ["eu-central-1", "eu-west-1"] } }),
      },
    ],
    trials: [
      { action: "ec2:DescribeVpcs", allowed: true },
      { action: "ec2:DescribeVpcs", caller: { region: "us-east-1" }, allowed: false },
      { action: "iam:ListUsers", caller: { region: "us-east-1" }, allowed: true },
    ],
  },
  "nothing from elsewhere, unless a service passes it on": {
    policy: [
      allow("*"),
      deny(
        "*",
        "*",
        when({
          NotIpAddress: { "aws:SourceIp": ["192.0.2.0/24", "203.0.113.0/24"] },
          Bool: { "aws:ViaAWSService": "false" },
        }),
      ),
    ],
    trials: [
      { action: "kms:Decrypt", resource: key, allowed: true },
      { action: "kms:Decrypt", resource: key, caller: { sourceIp: "198.51.100.1" }, allowed: false },
      { action: "kms:Decrypt", resource: key, caller: { sourceIp: undefined }, allowed: false },
      {
        action: "kms:Decrypt",
        resource: key,
        caller: { sourceIp: undefined, calledVia: "secretsmanager.amazonaws.com" },
        allowed: true,
      },
    ],
  },
  "nothing without a second factor": {
    policy: [allow("*"), deny("*", "*", when({ BoolIfExists: { "aws:MultiFactorAuthPresent": "false" } }))],
    trials: [
      { action: "s3:ListBucket", allowed: false },
      { action: "s3:ListBucket", principal: sessionOf("app"), allowed: false },
    ],
  },
  "nothing without a second factor, but by long-term keys": {
    policy: [allow("*"), deny("*", "*", when({ Bool: { "aws:MultiFactorAuthPresent": "false" } }))],
    trials: [
      { action: "s3:ListBucket", allowed: true },
      { action: "s3:ListBucket", principal: sessionOf("app"), allowed: false },
    ],
  },
  "a home folder in a bucket": {
    policy: [
      allow(
        "s3:ListBucket",
        "arn:aws:s3:::bucket",
        when({ StringLike: { "s3:prefix": ["", "home/", "home/${aws:username}/*"] } }),
      ),
      allow("s3:*", ["arn:aws:s3:::bucket/home/${aws:username}", "arn:aws:s3:::bucket/home/${aws:username}/*"]),
    ],
    trials: [
      {
        action: "s3:ListBucket",
        resource: "arn:aws:s3:::bucket",
        conditions: { "s3:prefix": "home/ana/x" },
        allowed: true,
      },
      { action: "s3:ListBucket", resource: "arn:aws:s3:::bucket", conditions: { "s3:prefix": "" }, allowed: true },
      {
        action: "s3:ListBucket",
        resource: "arn:aws:s3:::bucket",
        conditions: { "s3:prefix": "home/bob/" },
        allowed: false,
      },
      { action: "s3:ListBucket", resource: "arn:aws:s3:::bucket", allowed: false },
      { action: "s3:GetObject", resource: "arn:aws:s3:::bucket/home/ana/x", allowed: true },
      { action: "s3:GetObject", resource: "arn:aws:s3:::bucket/home/anabel/x", allowed: false },
      {
        action: "s3:GetObject",
        resource: "arn:aws:s3:::bucket/home/ana/x",
        principal: userNamed("bob"),
        allowed: false,
      },
      {
        action: "s3:GetObject",
        resource: "arn:aws:s3:::bucket/home/ana/x",
        principal: sessionOf("ana"),
        allowed: false,
      },
    ],
  },
  "one's own access keys": {
    policy: [allow(["iam:*AccessKey*", "iam:GetUser"], "arn:aws:iam::*:user/${aws:username}")],
    trials: [
      { action: "iam:CreateAccessKey", resource: `arn:aws:iam::${ACCOUNT}:user/ana`, allowed: true },
      { action: "iam:CreateAccessKey", resource: `arn:aws:iam::${ACCOUNT}:user/bob`, allowed: false },
      { action: "iam:DeleteUser", resource: `arn:aws:iam::${ACCOUNT}:user/ana`, allowed: false },
    ],
  },
  "instances with the tag of their owner": {
    policy: [
      allow(
        ["ec2:StartInstances", "ec2:StopInstances"],
        "arn:aws:ec2:*:*:instance/*",
        when({ StringEquals: { "aws:ResourceTag/Owner": "${aws:username}" } }),
      ),
    ],
    trials: [
      { action: "ec2:StopInstances", resource: instance, resourceTags: { Owner: "ana" }, allowed: true },
      { action: "ec2:StopInstances", resource: instance, resourceTags: { Owner: "bob" }, allowed: false },
      { action: "ec2:StopInstances", resource: instance, resourceTags: {}, allowed: false },
      { action: "ec2:TerminateInstances", resource: instance, resourceTags: { Owner: "ana" }, allowed: false },
    ],
  },
  "resources of one's own project": {
    policy: [allow("ecs:*", "*", when({ StringEquals: { "aws:ResourceTag/project": "${aws:PrincipalTag/project}" } }))],
    trials: [
      { action: "ecs:StopTask", resource: task, tags: { project: "x" }, resourceTags: { project: "x" }, allowed: true },
      {
        action: "ecs:StopTask",
        resource: task,
        tags: { project: "x" },
        resourceTags: { project: "y" },
        allowed: false,
      },
      { action: "ecs:StopTask", resource: task, resourceTags: { project: "x" }, allowed: false },
    ],
  },
  "required and permitted tags": {
    policy: [
      allow(
        "ecs:CreateCluster",
        "*",
        when({
          StringEquals: { "aws:RequestTag/env": ["dev", "prod"] },
          "ForAllValues:StringEquals": { "aws:TagKeys": ["env", "team"] },
        }),
      ),
    ],
    trials: [
      { action: "ecs:CreateCluster", requestTags: { env: "dev" }, allowed: true },
      { action: "ecs:CreateCluster", requestTags: { env: "dev", team: "a" }, allowed: true },
      { action: "ecs:CreateCluster", requestTags: { env: "test" }, allowed: false },
      { action: "ecs:CreateCluster", requestTags: { env: "dev", other: "a" }, allowed: false },
      { action: "ecs:CreateCluster", allowed: false },
    ],
  },
  "a tag that must be there": {
    policy: [allow("ecs:*"), deny("ecs:RunTask", "*", when({ Null: { "aws:RequestTag/team": "true" } }))],
    trials: [
      { action: "ecs:RunTask", requestTags: { team: "a" }, allowed: true },
      { action: "ecs:RunTask", requestTags: {}, allowed: false },
      { action: "ecs:RunTask", allowed: false },
      { action: "ecs:ListTasks", allowed: true },
    ],
  },
  "tasks of one cluster": {
    policy: [allow(["ecs:RunTask", "ecs:StopTask"], "*", when({ ArnEquals: { "ecs:cluster": prod } }))],
    trials: [
      { action: "ecs:StopTask", resource: task, conditions: { "ecs:cluster": prod }, allowed: true },
      { action: "ecs:StopTask", resource: task, conditions: { "ecs:cluster": `${prod}2` }, allowed: false },
      { action: "ecs:StopTask", resource: task, allowed: false },
    ],
  },
  "roles that may be passed to tasks": {
    policy: [
      allow(
        "iam:PassRole",
        `arn:aws:iam::${ACCOUNT}:role/app*`,
        when({ StringEquals: { "iam:PassedToService": "ecs-tasks.amazonaws.com" } }),
      ),
    ],
    trials: [
      {
        action: "iam:PassRole",
        resource: appRole,
        conditions: { "iam:PassedToService": "ecs-tasks.amazonaws.com" },
        allowed: true,
      },
      {
        action: "iam:PassRole",
        resource: appRole,
        conditions: { "iam:PassedToService": "ec2.amazonaws.com" },
        allowed: false,
      },
      {
        action: "iam:PassRole",
        resource: `arn:aws:iam::${ACCOUNT}:role/admin`,
        conditions: { "iam:PassedToService": "ecs-tasks.amazonaws.com" },
        allowed: false,
      },
    ],
  },
  "secrets below a path": {
    policy: [allow("secretsmanager:GetSecretValue", `arn:aws:secretsmanager:eu-west-1:${ACCOUNT}:secret:prod/*`)],
    trials: [
      { action: "secretsmanager:GetSecretValue", resource: secret, allowed: true },
      { action: "secretsmanager:GetSecretValue", resource: secret.replace("prod/", "test/"), allowed: false },
      { action: "secretsmanager:GetSecretValue", resource: secret.replace("eu-west-1", "us-east-1"), allowed: false },
      { action: "secretsmanager:PutSecretValue", resource: secret, allowed: false },
    ],
  },
  "only the current version of a secret": {
    policy: [
      allow(
        "secretsmanager:GetSecretValue",
        "*",
        when({ "ForAnyValue:StringEquals": { "secretsmanager:VersionStage": "AWSCURRENT" } }),
      ),
    ],
    trials: [
      {
        action: "secretsmanager:GetSecretValue",
        resource: secret,
        conditions: { "secretsmanager:VersionStage": "AWSCURRENT" },
        allowed: true,
      },
      {
        action: "secretsmanager:GetSecretValue",
        resource: secret,
        conditions: { "secretsmanager:VersionStage": "AWSPREVIOUS" },
        allowed: false,
      },
    ],
  },
  "a key through one service": {
    policy: [
      allow("kms:Decrypt", "*", when({ StringEquals: { "kms:ViaService": "secretsmanager.eu-west-1.amazonaws.com" } })),
    ],
    trials: [
      {
        action: "kms:Decrypt",
        resource: key,
        conditions: { "kms:ViaService": "secretsmanager.eu-west-1.amazonaws.com" },
        allowed: true,
      },
      { action: "kms:Decrypt", resource: key, allowed: false },
    ],
  },
  "a key for one encryption context": {
    policy: [allow("kms:Decrypt", key, when({ StringEquals: { "kms:EncryptionContext:app": "web" } }))],
    trials: [
      { action: "kms:Decrypt", resource: key, conditions: { "kms:EncryptionContext:app": "web" }, allowed: true },
      { action: "kms:Decrypt", resource: key, conditions: { "kms:EncryptionContext:app": "db" }, allowed: false },
    ],
  },
  "from one VPC": {
    policy: [allow("s3:*"), deny("s3:*", "*", when({ StringNotEquals: { "aws:SourceVpc": "vpc-1" } }))],
    trials: [
      { action: "s3:GetObject", caller: { vpc: { vpcId: "vpc-1", privateIp: "10.0.0.1" } }, allowed: true },
      { action: "s3:GetObject", caller: { vpc: { vpcId: "vpc-2", privateIp: "10.0.0.1" } }, allowed: false },
      { action: "s3:GetObject", allowed: false },
    ],
  },
  "by TLS only": {
    policy: [allow("s3:*"), deny("s3:*", "*", when({ Bool: { "aws:SecureTransport": "false" } }))],
    trials: [
      { action: "s3:GetObject", allowed: true },
      { action: "s3:GetObject", caller: { secureTransport: false }, allowed: false },
    ],
  },
  "no session that was made before": {
    policy: [allow("*"), deny("*", "*", when({ DateLessThan: { "aws:TokenIssueTime": "2026-03-01T11:45:00Z" } }))],
    trials: [
      { action: "s3:GetObject", principal: sessionOf("app"), allowed: false },
      {
        action: "s3:GetObject",
        principal: sessionOf("app", "new", { issuedAt: Date.parse("2026-03-01T11:50:00Z") }),
        allowed: true,
      },
      { action: "s3:GetObject", allowed: true },
    ],
  },
  AmazonECSTaskExecutionRolePolicy: {
    policy: [
      allow([
        "ecr:GetAuthorizationToken",
        "ecr:BatchCheckLayerAvailability",
        "ecr:GetDownloadUrlForLayer",
        "ecr:BatchGetImage",
        "logs:CreateLogStream",
        "logs:PutLogEvents",
      ]),
    ],
    trials: [
      { action: "ecr:GetAuthorizationToken", principal: sessionOf("ecsTaskExecutionRole"), allowed: true },
      {
        action: "logs:PutLogEvents",
        resource: `arn:aws:logs:eu-west-1:${ACCOUNT}:log-group:a:log-stream:b`,
        allowed: true,
      },
      { action: "logs:CreateLogGroup", resource: `arn:aws:logs:eu-west-1:${ACCOUNT}:log-group:a`, allowed: false },
      { action: "secretsmanager:GetSecretValue", resource: secret, allowed: false },
    ],
  },
};

describe.each(Object.entries(examples))("%s", (_, { policy, trials }) => {
  it.each(trials)("$action $resource: $allowed %j", async (trial) => {
    const { action, resource = "*", principal = ana, conditions, requestTags, resourceTags, caller, tags } = trial;
    const check: ActionCheck = {
      action,
      conditions,
      requestTags,
      resources: [{ arn: resource, tags: () => resourceTags ?? {} }],
    };
    const outcome = await outcomeOf({ principal, identity: policy, check, caller, tags });
    expect(outcome === "allowed").toBe(trial.allowed);
  });
});
