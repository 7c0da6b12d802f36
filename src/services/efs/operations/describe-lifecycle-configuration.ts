import type { DescribeLifecycleConfigurationRequest, LifecycleConfigurationDescription } from "@aws-sdk/client-efs";
import type { RequestContext } from "../../../wire/context.ts";
import type { Efs } from "../efs.ts";
import { fileSystemOf } from "../existing.ts";

/** https://docs.aws.amazon.com/efs/latest/ug/API_DescribeLifecycleConfiguration.html */
export function describeLifecycleConfiguration(efs: Efs) {
  return async (
    { FileSystemId }: DescribeLifecycleConfigurationRequest,
    { scope }: RequestContext,
  ): Promise<LifecycleConfigurationDescription> => {
    await fileSystemOf(efs, scope, FileSystemId!);
    return { LifecyclePolicies: [] };
  };
}
