import { expect, test } from "vitest";
import { parsePolicy } from "../../../identity/policy/policy.ts";
import { awsManagedPolicies } from "./aws-policies.ts";

test("AWS's policies are there by their ARNs, and each has a document that can be evaluated", async () => {
  const policies = await awsManagedPolicies();
  expect(policies.size).toBeGreaterThan(60);
  for (const [arn, { name, path, versions, defaultVersion, updatedAt, createdAt }] of policies) {
    expect(arn).toBe(`arn:aws:iam::aws:policy${path}${name}`);
    expect(versions).toHaveLength(1);
    expect(versions[0]!.versionId).toBe(defaultVersion);
    expect(updatedAt.getTime()).toBeGreaterThanOrEqual(createdAt.getTime());
    expect(() => parsePolicy(versions[0]!.document, "identity"), arn).not.toThrow();
  }
});

test("the policy of task execution roles is AWS's", async () => {
  const policy = (await awsManagedPolicies()).get(
    "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy",
  );
  expect(policy).toMatchObject({ path: "/service-role/", defaultVersion: "v1" });
  expect(JSON.parse(policy!.versions[0]!.document)).toEqual({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Action: [
          "ecr:GetAuthorizationToken",
          "ecr:BatchCheckLayerAvailability",
          "ecr:GetDownloadUrlForLayer",
          "ecr:BatchGetImage",
          "logs:CreateLogStream",
          "logs:PutLogEvents",
        ],
        Resource: "*",
      },
    ],
  });
});
