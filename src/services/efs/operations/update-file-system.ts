import type { FileSystemDescription, UpdateFileSystemRequest } from "@aws-sdk/client-efs";
import type { RequestContext } from "../../../wire/context.ts";
import type { Efs } from "../efs.ts";
import { badRequest } from "../errors.ts";
import { changeFileSystem } from "../existing.ts";
import { requestedThroughput } from "../file-systems.ts";
import { fileSystemView } from "../views.ts";

/** https://docs.aws.amazon.com/efs/latest/ug/API_UpdateFileSystem.html */
export function updateFileSystem(efs: Efs) {
  return async (input: UpdateFileSystemRequest, { scope }: RequestContext): Promise<FileSystemDescription> => {
    const { FileSystemId, ThroughputMode, ProvisionedThroughputInMibps } = input;
    if (ThroughputMode === undefined && ProvisionedThroughputInMibps === undefined)
      throw badRequest("ThroughputMode or ProvisionedThroughputInMibps must be specified.");
    const changed = await changeFileSystem(efs, scope, FileSystemId!, (now) => {
      const { provisionedThroughput, ...others } = now;
      const mode = ThroughputMode ?? now.throughputMode;
      const amount = ProvisionedThroughputInMibps ?? (mode === "provisioned" ? provisionedThroughput : undefined);
      return { ...others, ...requestedThroughput(mode, amount) };
    });
    return await fileSystemView(efs, scope, changed);
  };
}
