import type { DescribeFileSystemPolicyRequest, FileSystemPolicyDescription } from "@aws-sdk/client-efs";
import type { RequestContext } from "../../../wire/context.ts";
import type { Efs } from "../efs.ts";
import { policyNotFound } from "../errors.ts";
import { fileSystemOf } from "../existing.ts";

/** https://docs.aws.amazon.com/efs/latest/ug/API_DescribeFileSystemPolicy.html */
export function describeFileSystemPolicy(efs: Efs) {
  return async (
    input: DescribeFileSystemPolicyRequest,
    { scope }: RequestContext,
  ): Promise<FileSystemPolicyDescription> => {
    const { fileSystemId, policy } = await fileSystemOf(efs, scope, input.FileSystemId!);
    if (policy === undefined) throw policyNotFound(fileSystemId);
    return { FileSystemId: fileSystemId, Policy: policy };
  };
}
