import type { LifecycleConfigurationDescription, PutLifecycleConfigurationRequest } from "@aws-sdk/client-efs";
import type { RequestContext } from "../../../wire/context.ts";
import type { Efs } from "../efs.ts";
import { notSupported } from "../errors.ts";
import { availableFileSystem } from "../existing.ts";

/**
 * There is one storage class: nothing could move to another, so that only the empty list is taken.
 * https://docs.aws.amazon.com/efs/latest/ug/API_PutLifecycleConfiguration.html
 */
export function putLifecycleConfiguration(efs: Efs) {
  return async (
    { FileSystemId, LifecyclePolicies }: PutLifecycleConfigurationRequest,
    { scope }: RequestContext,
  ): Promise<LifecycleConfigurationDescription> => {
    await availableFileSystem(efs, scope, FileSystemId!);
    if (LifecyclePolicies!.some((policy) => Object.values(policy).some((rule) => rule !== undefined)))
      throw notSupported("LifecyclePolicies");
    return { LifecyclePolicies: [] };
  };
}
