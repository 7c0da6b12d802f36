import type { FileSystemPolicyDescription, PutFileSystemPolicyRequest } from "@aws-sdk/client-efs";
import type { RequestContext } from "../../../wire/context.ts";
import type { Efs } from "../efs.ts";
import { changeFileSystem } from "../existing.ts";
import { checkPolicy } from "../policies.ts";

/** https://docs.aws.amazon.com/efs/latest/ug/API_PutFileSystemPolicy.html */
export function putFileSystemPolicy(efs: Efs) {
  return async (
    { FileSystemId, Policy }: PutFileSystemPolicyRequest,
    { scope }: RequestContext,
  ): Promise<FileSystemPolicyDescription> => {
    checkPolicy(Policy!);
    const { fileSystemId } = await changeFileSystem(efs, scope, FileSystemId!, (now) => ({ ...now, policy: Policy! }));
    return { FileSystemId: fileSystemId, Policy };
  };
}
