import type { Volume } from "@aws-sdk/client-ec2";
import { failpoint } from "../../base/failpoint.ts";
import { ec2Id } from "../../base/ids.ts";
import { parseScopeKey, type Scope, scopeKey } from "../../base/scope.ts";
import type { Disks } from "../../storage/disks.ts";
import type { TaskVolumeRequest } from "../../tasks/ports.ts";
import type { Ec2 } from "./ec2.ts";
import { volumeInUse } from "./errors.ts";
import { existing } from "./existing.ts";
import type { VolumeEncryption, VolumeRecord } from "./records.ts";
import type { VolumeKeys, VolumeKeyUse } from "./volume-keys.ts";

/**
 * EBS volumes: a disk each, which a task has for itself while it runs, and which can outlive it. The record is written
 * before the disk is made and goes after it, so that none is forgotten.
 */
export class EbsVolumes {
  private readonly ec2: Ec2;
  private readonly disks: Disks;
  private readonly keys: VolumeKeys;

  constructor(ec2: Ec2, disks: Disks, keys: VolumeKeys) {
    this.ec2 = ec2;
    this.disks = disks;
    this.keys = keys;
  }

  /** Takes up deletions that the last process left. What does not succeed at once is tried again behind the engine's back. */
  async resume(): Promise<void> {
    for (const { scope, id, document } of await this.ec2.records.volumes.listAll()) {
      if (document.state !== "deleting") continue;
      const step = () => this.finishDeletion(parseScopeKey(scope), id);
      await step().catch(() => void this.ec2.background.run(`deletion of EBS volume ${id}`, step));
    }
  }

  /** Takes all disks away, with their content. */
  async removeAll(): Promise<void> {
    for (const id of await this.disks.list()) await this.disks.remove(id);
  }

  /** Writes down a volume for a task, in the caller's transaction. */
  async reserve(scope: Scope, request: TaskVolumeRequest): Promise<VolumeRecord> {
    const { tags, ...volume } = request;
    const record: VolumeRecord = {
      ...volume,
      volumeId: ec2Id(this.ec2.ids, "vol"),
      state: "creating",
      createdAt: new Date(this.ec2.clock.now()),
      tags: tags.map(({ key, value }) => ({ Key: key, Value: value ?? "" })),
    };
    await this.ec2.records.volumes.put(scopeKey(scope), record.volumeId, record);
    return record;
  }

  /**
   * Gives the task its volume; may be repeated. While it is attached, nobody asks for its key again.
   * @param volume.roleArn the role that its key is used as
   * @returns the root of its file system
   * @throws AwsError InvalidVolume.NotFound; DiskError, VolumeKeyError
   */
  async attach(scope: Scope, { volumeId, roleArn }: { volumeId: string; roleArn: string }): Promise<string> {
    const volume = await existing(this.ec2.records.volumes, scope, "vol", volumeId);
    const use = { scope, volumeId, roleArn };
    const dataKey = volume.encryption && (await this.dataKey(use, volume.encryption));
    const folder = await this.disks.attach({
      id: volumeId,
      sizeMiB: volume.sizeGiB * 1024,
      fileSystem: volume.fileSystem,
      lasting: true,
      ...(dataKey === undefined ? {} : { key: () => this.keys.open(use, dataKey) }),
    });
    await this.ec2.records.volumes.update(scopeKey(scope), volumeId, (now) =>
      now.state === "creating" ? { ...now, state: "in-use", attachedAt: new Date(this.ec2.clock.now()) } : undefined,
    );
    return folder;
  }

  /** Takes it from its task; it goes unless it is to be kept. May be repeated. */
  async release(scope: Scope, volumeId: string): Promise<void> {
    const volume = await this.ec2.records.volumes.get(scopeKey(scope), volumeId);
    if (!volume || volume.state === "available") return;
    // One that never was attached holds nothing that could be kept.
    const keep = !volume.deleteOnTermination && volume.attachedAt !== undefined;
    if (keep) {
      await this.disks.detach(volumeId);
      await this.ec2.records.volumes.update(scopeKey(scope), volumeId, (now) =>
        now.state === "in-use" ? { ...withoutTask(now), state: "available" } : undefined,
      );
      return;
    }
    await this.ec2.records.volumes.update(scopeKey(scope), volumeId, (now) => ({ ...now, state: "deleting" }));
    await this.finishDeletion(scope, volumeId);
  }

  /** Deletes a volume that no task has. @throws AwsError InvalidVolume.NotFound, VolumeInUse */
  async delete(scope: Scope, volumeId: string): Promise<void> {
    await this.ec2.store.transaction(async () => {
      const volume = await existing(this.ec2.records.volumes, scope, "vol", volumeId);
      if (volume.taskArn !== undefined) throw volumeInUse(volumeId, volume.taskArn);
      await this.ec2.records.volumes.put(scopeKey(scope), volumeId, { ...volume, state: "deleting" });
    });
    await this.finishDeletion(scope, volumeId);
  }

  /** The volume's own key, encrypted; made and written down when it has none yet, which is before its disk is made. */
  private async dataKey(use: VolumeKeyUse, encryption: VolumeEncryption): Promise<string> {
    if (encryption.dataKey !== undefined) return encryption.dataKey;
    const made = await this.keys.make(use, encryption.kmsKeyId);
    const stored = await this.ec2.records.volumes.update(scopeKey(use.scope), use.volumeId, (now) =>
      now.encryption?.dataKey === undefined ? { ...now, encryption: made } : undefined,
    );
    return stored?.encryption?.dataKey ?? made.dataKey;
  }

  private async finishDeletion(scope: Scope, volumeId: string): Promise<void> {
    failpoint("ec2.volume-deleting");
    await this.disks.remove(volumeId);
    await this.ec2.records.volumes.delete(scopeKey(scope), volumeId);
  }
}

function withoutTask({ taskArn: _task, attachedAt: _time, ...volume }: VolumeRecord): VolumeRecord {
  return volume;
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Volume.html */
export function volumeView(volume: VolumeRecord): Volume {
  return {
    Attachments:
      volume.attachedAt && volume.taskArn !== undefined
        ? [
            {
              AssociatedResource: volume.taskArn,
              AttachTime: volume.attachedAt,
              DeleteOnTermination: volume.deleteOnTermination,
              InstanceOwningService: "fargate.amazonaws.com",
              State: "attached",
              VolumeId: volume.volumeId,
            },
          ]
        : [],
    AvailabilityZone: volume.availabilityZone,
    CreateTime: volume.createdAt,
    Encrypted: volume.encryption !== undefined,
    Iops: volume.iops,
    KmsKeyId: volume.encryption?.keyArn,
    MultiAttachEnabled: false,
    Size: volume.sizeGiB,
    SnapshotId: "",
    State: volume.state,
    Tags: volume.tags,
    Throughput: volume.throughput,
    VolumeId: volume.volumeId,
    VolumeType: volume.volumeType as Volume["VolumeType"],
  };
}
