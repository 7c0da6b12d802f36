import type { CreateFileSystemRequest, FileSystemDescription } from "@aws-sdk/client-efs";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import type { Efs } from "../efs.ts";
import { fileSystemExists, fileSystemLimitExceeded } from "../errors.ts";
import { requestedSettings } from "../file-systems.ts";
import { newFileSystemId } from "../identifiers.ts";
import type { FileSystemRecord } from "../records.ts";
import { withTags } from "../tags.ts";
import { fileSystemView } from "../views.ts";

const MAX_FILE_SYSTEMS = 1000;

/** https://docs.aws.amazon.com/efs/latest/ug/API_CreateFileSystem.html */
export function createFileSystem(efs: Efs) {
  return async (input: CreateFileSystemRequest, { scope }: RequestContext): Promise<FileSystemDescription> => {
    const settings = requestedSettings(scope, input);
    const creationToken = input.CreationToken ?? efs.ids.uuid(); // the SDKs always send one
    const key = scopeKey(scope);
    const record = await efs.store.transaction(async () => {
      const [earlier] = await efs.records.fileSystems.list(key, { where: { creationToken }, limit: 1 });
      if (earlier) throw fileSystemExists(creationToken, earlier.fileSystemId);
      if ((await efs.records.fileSystems.count(key)) >= MAX_FILE_SYSTEMS)
        throw fileSystemLimitExceeded(MAX_FILE_SYSTEMS);
      const made: FileSystemRecord = {
        fileSystemId: newFileSystemId(efs.ids),
        creationToken,
        createdAt: new Date(efs.clock.now()),
        state: "creating",
        ...settings,
        overwriteProtection: "ENABLED",
        tags: withTags([], input.Tags ?? []),
      };
      await efs.records.fileSystems.insert(key, made.fileSystemId, made);
      return made;
    });
    efs.reconcileFileSystem(scope, record.fileSystemId);
    return await fileSystemView(efs, scope, record);
  };
}
