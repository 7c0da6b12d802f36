import type { BackupPolicyDescription, PutBackupPolicyRequest } from "@aws-sdk/client-efs";
import type { RequestContext } from "../../../wire/context.ts";
import type { Efs } from "../efs.ts";
import { validationFailure } from "../errors.ts";
import { changeFileSystem } from "../existing.ts";

/** There is nothing to back up to. https://docs.aws.amazon.com/efs/latest/ug/API_PutBackupPolicy.html */
export function putBackupPolicy(efs: Efs) {
  return async (
    { FileSystemId, BackupPolicy }: PutBackupPolicyRequest,
    { scope }: RequestContext,
  ): Promise<BackupPolicyDescription> => {
    const { Status } = BackupPolicy!;
    if (Status === "ENABLED" || Status === "ENABLING")
      throw validationFailure("Automatic backups are not supported by Neargate yet.");
    await changeFileSystem(efs, scope, FileSystemId!, (now) => ({ ...now, hasBackupPolicy: true }));
    return { BackupPolicy: { Status: "DISABLED" } };
  };
}
