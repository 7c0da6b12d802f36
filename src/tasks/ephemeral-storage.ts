import { join } from "node:path";
import type { Disks } from "../storage/disks.ts";
import type { StorageUsage, TaskStorage } from "./ports.ts";
import { ephemeralStorageGiB, type ContainerRecord, type TaskRecord } from "./task-record.ts";

/** MiB that Fargate reports over the size asked for: 20496 for 20 GiB. */
const REPORTED_OVERHEAD_MIB = 16;

/**
 * Each task has a disk of its own. On it lie what its containers write, its bind volumes and the volumes that images
 * declare: full is full for that task alone, and nothing of it is left when the task has ended.
 */
export class EphemeralStorage implements TaskStorage {
  private readonly disks: Disks;

  constructor(disks: Disks) {
    this.disks = disks;
  }

  /** Makes the task's disk; may be repeated. @throws DiskError */
  async attach(task: TaskRecord): Promise<void> {
    await this.disks.attach({
      id: task.taskId,
      sizeMiB: ephemeralStorageGiB(task) * 1024,
      fileSystem: "ext4",
      lasting: false,
    });
  }

  /** Takes it away; may be repeated, and for a task that had none. */
  async remove(taskId: string): Promise<void> {
    await this.disks.remove(taskId);
  }

  async removeAll(): Promise<void> {
    for (const taskId of await this.list()) await this.remove(taskId);
  }

  /** The ids of all tasks that have a disk, whole or half made. */
  async list(): Promise<string[]> {
    return await this.disks.list();
  }

  async storageUsage(taskId: string): Promise<StorageUsage | undefined> {
    const usage = await this.disks.usage(taskId);
    if (!usage) return undefined;
    // What the file system does not hold back for itself is a little more than was asked for: the size is a round number.
    const sizeMiB = Math.floor((usage.used + usage.available) / 1024) * 1024;
    return { utilized: usage.used, reserved: sizeMiB + REPORTED_OVERHEAD_MIB };
  }

  /** Where the backend keeps what a container writes outside of volumes. */
  writableLayer(task: TaskRecord, container: Pick<ContainerRecord, "id">): string {
    return join(this.disks.folder(task.taskId), "containers", container.id);
  }

  /** Where a bind volume is. */
  volume(task: TaskRecord, name: string): string {
    return join(this.disks.folder(task.taskId), "volumes", name);
  }

  /** Where a volume is that a container's image declares: the how many-th. */
  imageVolume(task: TaskRecord, containerName: string, index: number): string {
    return join(this.disks.folder(task.taskId), "image-volumes", containerName, String(index));
  }
}
