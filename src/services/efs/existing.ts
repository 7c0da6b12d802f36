import { type Scope, scopeKey } from "../../base/scope.ts";
import type { Efs } from "./efs.ts";
import { accessPointNotFound, fileSystemNotAvailable, fileSystemNotFound, mountTargetNotFound } from "./errors.ts";
import { resourceId } from "./identifiers.ts";
import type { AccessPointRecord, FileSystemRecord, MountTargetRecord } from "./records.ts";

/** @throws AwsError FileSystemNotFound */
export async function fileSystemOf(efs: Efs, scope: Scope, idOrArn: string): Promise<FileSystemRecord> {
  const id = resourceId(scope, "file-system", idOrArn);
  const found = id === undefined ? undefined : await efs.records.fileSystems.get(scopeKey(scope), id);
  if (!found) throw fileSystemNotFound(idOrArn);
  return found;
}

/** @throws AwsError FileSystemNotFound, IncorrectFileSystemLifeCycleState */
export async function availableFileSystem(efs: Efs, scope: Scope, idOrArn: string): Promise<FileSystemRecord> {
  const found = await fileSystemOf(efs, scope, idOrArn);
  if (found.state !== "available") throw fileSystemNotAvailable(found.fileSystemId, found.state);
  return found;
}

/** @throws AwsError MountTargetNotFound */
export async function mountTargetOf(efs: Efs, scope: Scope, id: string): Promise<MountTargetRecord> {
  const found = await efs.records.mountTargets.get(scopeKey(scope), id);
  if (!found) throw mountTargetNotFound(id);
  return found;
}

/** @throws AwsError AccessPointNotFound */
export async function accessPointOf(efs: Efs, scope: Scope, idOrArn: string): Promise<AccessPointRecord> {
  const id = resourceId(scope, "access-point", idOrArn);
  const found = id === undefined ? undefined : await efs.records.accessPoints.get(scopeKey(scope), id);
  if (!found) throw accessPointNotFound(idOrArn);
  return found;
}

/**
 * Changes a file system that is available.
 * @returns it as it then is
 * @throws AwsError FileSystemNotFound, IncorrectFileSystemLifeCycleState
 */
export async function changeFileSystem(
  efs: Efs,
  scope: Scope,
  idOrArn: string,
  change: (now: FileSystemRecord) => FileSystemRecord,
): Promise<FileSystemRecord> {
  return await efs.store.transaction(async () => {
    const changed = change(await availableFileSystem(efs, scope, idOrArn));
    await efs.records.fileSystems.put(scopeKey(scope), changed.fileSystemId, changed);
    return changed;
  });
}
