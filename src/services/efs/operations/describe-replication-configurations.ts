import type {
  DescribeReplicationConfigurationsRequest,
  DescribeReplicationConfigurationsResponse,
} from "@aws-sdk/client-efs";
import type { RequestContext } from "../../../wire/context.ts";
import type { Efs } from "../efs.ts";
import { replicationNotFound } from "../errors.ts";
import { fileSystemOf } from "../existing.ts";

/** No file system is replicated. https://docs.aws.amazon.com/efs/latest/ug/API_DescribeReplicationConfigurations.html */
export function describeReplicationConfigurations(efs: Efs) {
  return async (
    { FileSystemId }: DescribeReplicationConfigurationsRequest,
    { scope }: RequestContext,
  ): Promise<DescribeReplicationConfigurationsResponse> => {
    if (FileSystemId === undefined) return { Replications: [] };
    throw replicationNotFound((await fileSystemOf(efs, scope, FileSystemId)).fileSystemId);
  };
}
