import type { BackupPolicyDescription, DescribeBackupPolicyRequest } from "@aws-sdk/client-efs";
import type { RequestContext } from "../../../wire/context.ts";
import type { Efs } from "../efs.ts";
import { policyNotFound } from "../errors.ts";
import { fileSystemOf } from "../existing.ts";

/** https://docs.aws.amazon.com/efs/latest/ug/API_DescribeBackupPolicy.html */
export function describeBackupPolicy(efs: Efs) {
  return async (
    { FileSystemId }: DescribeBackupPolicyRequest,
    { scope }: RequestContext,
  ): Promise<BackupPolicyDescription> => {
    const { fileSystemId, hasBackupPolicy } = await fileSystemOf(efs, scope, FileSystemId!);
    if (!hasBackupPolicy) throw policyNotFound(fileSystemId);
    return { BackupPolicy: { Status: "DISABLED" } };
  };
}
