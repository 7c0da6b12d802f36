import type { DeleteFileSystemRequest } from "@aws-sdk/client-efs";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import type { Efs } from "../efs.ts";
import { fileSystemInUse } from "../errors.ts";
import { fileSystemOf } from "../existing.ts";

/** Its access points go with it. https://docs.aws.amazon.com/efs/latest/ug/API_DeleteFileSystem.html */
export function deleteFileSystem(efs: Efs) {
  return async ({ FileSystemId }: DeleteFileSystemRequest, { scope }: RequestContext): Promise<object> => {
    const key = scopeKey(scope);
    const fileSystemId = await efs.store.transaction(async () => {
      const system = await fileSystemOf(efs, scope, FileSystemId!);
      const where = { fileSystemId: system.fileSystemId };
      if (await efs.records.mountTargets.count(key, where)) throw fileSystemInUse(system.fileSystemId);
      for (const id of await efs.records.accessPoints.listIds(key, where))
        await efs.records.accessPoints.delete(key, id);
      await efs.records.fileSystems.put(key, system.fileSystemId, { ...system, state: "deleting" });
      return system.fileSystemId;
    });
    efs.sizes.forget(fileSystemId);
    efs.reconcileFileSystem(scope, fileSystemId);
    return {};
  };
}
