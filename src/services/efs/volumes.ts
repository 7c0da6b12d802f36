import { createHash } from "node:crypto";
import type { EFSVolumeConfiguration, Volume } from "@aws-sdk/client-ecs";
import { type Scope, scopeKey } from "../../base/scope.ts";
import { type Attachment, FolderError } from "../../storage/shared/file-systems.ts";
import { TaskStartError } from "../../tasks/hooks/hook.ts";
import type { VolumeProvider } from "../../tasks/ports.ts";
import type { TaskRecord } from "../../tasks/task-record.ts";
import { allowsTcp } from "../ec2/mount-target-interfaces.ts";
import type { ClientAccess } from "./client-access.ts";
import type { Efs } from "./efs.ts";
import type { AccessPointRecord, MountTargetRecord } from "./records.ts";

const NFS_PORT = 2049;
const WATCH_MS = 1000;

/**
 * Volumes of tasks that are EFS file systems. What a mount would need on AWS is checked first: the file system has a mount
 * target in the task's zone, security groups let the task reach it, and its policy lets the task in; a failure has the
 * words of EFS's mount helper.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/efs-volumes.html
 */
export function efsVolumes(efs: Efs, access: Pick<ClientAccess, "rightsOf">): VolumeProvider {
  return {
    provides: (volume) => volume.efsVolumeConfiguration !== undefined,

    async prepare(task, volume) {
      const configuration = volume.efsVolumeConfiguration!;
      const target = await reachableMountTarget(efs, task, configuration);
      if (
        !(await allowsTcp(efs.ec2, task.scope, { from: task.eni.interfaceId, to: target.interfaceId, port: NFS_PORT }))
      )
        throw mountFailure("Connection timed out");
      const point = await accessPoint(efs, task.scope, configuration);
      if (task.userNamespace && !efs.files.showsTaskUsers && !point?.posixUser) throw usersNotShown();
      const rights = await access.rightsOf(task, configuration);
      if (!rights.mount) throw mountFailure("access denied by server while mounting 127.0.0.1:/");
      if (!rights.root && !isOrdinaryUser(point)) throw rootNotSquashed();
      try {
        const source = await efs.files.attach(attachmentOf(task, volume, point));
        return rights.write ? { source } : { source, readOnly: true };
      } catch (cause) {
        if (!(cause instanceof FolderError)) throw cause;
        throw mountFailure(
          `mounting ${exportOf(task.scope, configuration)} failed, reason given by server: ${cause.message}`,
        );
      }
    },

    teardown: (task, volume) => efs.files.detach(attachmentId(task, volume)),

    onFailure(listener) {
      const watch = setInterval(() => {
        for (const id of efs.files.failed())
          listener(taskIdOf(id), "EFS volume failed: the process that served its access point has ended");
      }, WATCH_MS).unref();
      return () => clearInterval(watch);
    },
  };
}

function attachmentId({ taskId }: TaskRecord, { name }: Volume): string {
  return `${taskId}-${createHash("sha256").update(name!).digest("hex").slice(0, 16)}`;
}

function taskIdOf(attachment: string): string {
  return attachment.slice(0, attachment.indexOf("-"));
}

function attachmentOf(task: TaskRecord, volume: Volume, point: AccessPointRecord | undefined): Attachment {
  const { fileSystemId, rootDirectory = "/" } = volume.efsVolumeConfiguration!;
  const { posixUser, creationInfo } = point ?? {};
  return {
    scope: task.scope,
    fileSystemId: fileSystemId!,
    id: attachmentId(task, volume),
    path: point?.rootPath ?? rootDirectory,
    // gVisor makes every new file the property of who asked for it, and would not go on if that failed.
    ...(posixUser
      ? {
          identity: {
            ...posixUser,
            chown: task.isolation === "gvisor" && posixUser.uid !== 0 ? "ignored" : "refused",
            ...(task.userNamespace ? { firstId: task.userNamespace.firstId } : {}),
          },
        }
      : {}),
    ...(creationInfo
      ? {
          create: {
            uid: creationInfo.ownerUid,
            gid: creationInfo.ownerGid,
            mode: Number.parseInt(creationInfo.permissions, 8),
          },
        }
      : {}),
  };
}

/** Whether whoever uses the access point is a user without special rights. */
function isOrdinaryUser(point: AccessPointRecord | undefined): boolean {
  return point?.posixUser !== undefined && point.posixUser.uid !== 0;
}

/** Without ClientRootAccess, EFS makes root nobody. */
function rootNotSquashed(): TaskStartError {
  return mountFailure(
    "access denied: the file system policy does not allow elasticfilesystem:ClientRootAccess, which Neargate can keep from a client only where an access point with a POSIX user other than root is used",
  );
}

/** The kernel's NFS client takes owners as the host has them. */
function usersNotShown(): TaskStartError {
  return mountFailure(
    "Operation not permitted: a task with users of its own reaches file systems on an NFS export only by access points with a POSIX user (or start the engine with --user-namespaces off)",
  );
}

/** The mount target that the file system's name means in the task's zone and VPC. @throws TaskStartError */
async function reachableMountTarget(
  efs: Efs,
  { scope, eni }: TaskRecord,
  { fileSystemId }: EFSVolumeConfiguration,
): Promise<MountTargetRecord> {
  const where = { fileSystemId: fileSystemId!, state: "available" };
  const targets = await efs.records.mountTargets.list(scopeKey(scope), { where });
  const target = targets.find((each) => each.vpcId === eni.vpcId && each.availabilityZone === eni.availabilityZone);
  if (target) return target;
  throw failure(
    `Failed to resolve "${dnsName(scope, fileSystemId!)}" - check that your file system ID is correct, and ensure that the VPC has an EFS mount target for this file system ID.\n` +
      "See https://docs.aws.amazon.com/console/efs/mount-dns-name for more detail.",
    1,
  );
}

/** @throws TaskStartError when there is no such access point of the file system */
async function accessPoint(
  efs: Efs,
  scope: Scope,
  { fileSystemId, authorizationConfig }: EFSVolumeConfiguration,
): Promise<AccessPointRecord | undefined> {
  const id = authorizationConfig?.accessPointId;
  if (!id) return undefined;
  const point = await efs.records.accessPoints.get(scopeKey(scope), id);
  if (point?.fileSystemId !== fileSystemId) throw mountFailure("access denied by server while mounting 127.0.0.1:/");
  return point;
}

/** What is mounted, as the mount helper names it: with encryption, by its own proxy. */
function exportOf(scope: Scope, { fileSystemId, rootDirectory, transitEncryption }: EFSVolumeConfiguration): string {
  const host = transitEncryption === "ENABLED" ? "127.0.0.1" : dnsName(scope, fileSystemId!);
  return `${host}:${rootDirectory || "/"}`;
}

function dnsName(scope: Scope, fileSystemId: string): string {
  return `${fileSystemId}.efs.${scope.region}.amazonaws.com`;
}

/** mount.nfs4 said so. */
function mountFailure(text: string): TaskStartError {
  return failure(`b'mount.nfs4: ${text}'`, 32);
}

function failure(stderr: string, code: number): TaskStartError {
  return new TaskStartError(
    `ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: ${stderr} : unsuccessful EFS utils command execution; code: ${code}`,
  );
}
