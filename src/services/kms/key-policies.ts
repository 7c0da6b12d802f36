import type { Scope } from "../../base/scope.ts";
import { rootArn } from "./arns.ts";

/** The one policy that a key has. */
export const POLICY_NAME = "default";

/** https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html: IAM policies of the account decide. */
export function defaultKeyPolicy(account: string): string {
  return format("key-default-1", [
    {
      Sid: "Enable IAM User Permissions",
      Effect: "Allow",
      Principal: { AWS: rootArn(account) },
      Action: "kms:*",
      Resource: "*",
    },
  ]);
}

/**
 * Of an AWS managed key: all principals of the account may use it, by way of its service and no other.
 * @param service as in `secretsmanager`; `title` as in `AWS Secrets Manager`
 */
export function managedKeyPolicy({ account, region }: Scope, service: string, title: string): string {
  return format(`auto-${service}-1`, [
    {
      Sid: `Allow access through ${title} for all principals in the account that are authorized to use ${title}`,
      Effect: "Allow",
      Principal: { AWS: "*" },
      Action: [
        "kms:Encrypt",
        "kms:Decrypt",
        "kms:ReEncrypt*",
        "kms:GenerateDataKey*",
        "kms:CreateGrant",
        "kms:DescribeKey",
      ],
      Resource: "*",
      Condition: {
        StringEquals: { "kms:CallerAccount": account, "kms:ViaService": `${service}.${region}.amazonaws.com` },
      },
    },
    {
      Sid: "Allow direct access to key metadata to the account",
      Effect: "Allow",
      Principal: { AWS: rootArn(account) },
      Action: ["kms:Describe*", "kms:Get*", "kms:List*", "kms:RevokeGrant"],
      Resource: "*",
    },
  ]);
}

function format(Id: string, Statement: readonly object[]): string {
  return JSON.stringify({ Version: "2012-10-17", Id, Statement }, undefined, 2);
}
