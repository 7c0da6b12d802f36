import {
  AttachRolePolicyCommand,
  CreateRoleCommand,
  IAMClient,
  PutRolePolicyCommand,
  type Role,
} from "@aws-sdk/client-iam";
import type { TestEngine } from "./engine.ts";

/** What a role may do: statements, without their version. */
export interface TestStatement {
  Sid?: string;
  Effect: "Allow" | "Deny";
  Action: string | string[];
  Resource: string | string[];
  Condition?: object;
}

export interface TestRole {
  name: string;
  /** `/` unless told. */
  path?: string;
  /** A service such as `ecs-tasks.amazonaws.com`, which is the default, or the ARN of a user, role or account. */
  trusts?: string;
  /** In an inline policy. */
  statements?: TestStatement[];
  /** ARNs, or names of AWS's own with their path: `service-role/AmazonECSTaskExecutionRolePolicy`. */
  managed?: string[];
}

/** A client with an engine's root key, or others. */
export function iamClient({
  endpoint,
  region,
  credentials,
}: Pick<TestEngine, "endpoint" | "region" | "credentials">): IAMClient {
  return new IAMClient({ endpoint, region, credentials, maxAttempts: 1 });
}

/** Makes a role that ECS may give to tasks, unless another trusts is told. */
export async function makeRole(
  iam: IAMClient,
  { name: RoleName, path: Path, trusts = "ecs-tasks.amazonaws.com", statements, managed = [] }: TestRole,
): Promise<Role> {
  const { Role: role } = await iam.send(
    new CreateRoleCommand({ RoleName, Path, AssumeRolePolicyDocument: trustPolicy(trusts) }),
  );
  for (const policy of managed) {
    const PolicyArn = policy.startsWith("arn:") ? policy : `arn:aws:iam::aws:policy/${policy}`;
    await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn }));
  }
  if (statements)
    await iam.send(
      new PutRolePolicyCommand({ RoleName, PolicyName: "inline", PolicyDocument: policyDocument(...statements) }),
    );
  return role!;
}

/** The role of AWS's tutorials: `ecsTaskExecutionRole` with its policy, and more where it is told. */
export function makeExecutionRole(iam: IAMClient, statements?: TestStatement[]): Promise<Role> {
  return makeRole(iam, {
    name: "ecsTaskExecutionRole",
    managed: ["service-role/AmazonECSTaskExecutionRolePolicy"],
    ...(statements ? { statements } : {}),
  });
}

/** The text of a policy. */
export function policyDocument(...statements: TestStatement[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

/** Lets a service, or whoever has an ARN, take on a role. */
export function trustPolicy(who: string): string {
  const Principal = who.startsWith("arn:") ? { AWS: who } : { Service: who };
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal, Action: "sts:AssumeRole" }],
  });
}
