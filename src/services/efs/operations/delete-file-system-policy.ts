import type { DeleteFileSystemPolicyRequest } from "@aws-sdk/client-efs";
import type { RequestContext } from "../../../wire/context.ts";
import type { Efs } from "../efs.ts";
import { changeFileSystem } from "../existing.ts";

/** https://docs.aws.amazon.com/efs/latest/ug/API_DeleteFileSystemPolicy.html */
export function deleteFileSystemPolicy(efs: Efs) {
  return async ({ FileSystemId }: DeleteFileSystemPolicyRequest, { scope }: RequestContext): Promise<object> => {
    await changeFileSystem(efs, scope, FileSystemId!, ({ policy: _policy, ...others }) => others);
    return {};
  };
}
