import type {
  FileSystemProtectionDescription,
  ReplicationOverwriteProtection,
  UpdateFileSystemProtectionRequest,
} from "@aws-sdk/client-efs";
import type { RequestContext } from "../../../wire/context.ts";
import type { Efs } from "../efs.ts";
import { badRequest } from "../errors.ts";
import { changeFileSystem } from "../existing.ts";

/** https://docs.aws.amazon.com/efs/latest/ug/API_UpdateFileSystemProtection.html */
export function updateFileSystemProtection(efs: Efs) {
  return async (
    input: UpdateFileSystemProtectionRequest,
    { scope }: RequestContext,
  ): Promise<FileSystemProtectionDescription> => {
    const { overwriteProtection } = await changeFileSystem(efs, scope, input.FileSystemId!, (now) => ({
      ...now,
      overwriteProtection: protection(input.ReplicationOverwriteProtection) ?? now.overwriteProtection,
    }));
    return { ReplicationOverwriteProtection: overwriteProtection };
  };
}

/** REPLICATING is a state that only a replication brings. */
function protection(asked: ReplicationOverwriteProtection | undefined): ReplicationOverwriteProtection | undefined {
  if (asked === "REPLICATING") throw badRequest("ReplicationOverwriteProtection can be ENABLED or DISABLED.");
  return asked;
}
