import type { Clock } from "../../base/clock.ts";
import { failpoint } from "../../base/failpoint.ts";
import type { Ids } from "../../base/ids.ts";
import { KeyedQueue } from "../../base/keyed-queue.ts";
import type { Component } from "../../base/lifecycle.ts";
import type { Logger } from "../../base/log.ts";
import { parseScopeKey, type Scope, scopeKey } from "../../base/scope.ts";
import type { FileSystems } from "../../storage/shared/file-systems.ts";
import type { Store } from "../../store/store.ts";
import { Background } from "../ec2/background.ts";
import type { Ec2 } from "../ec2/ec2.ts";
import { releaseInterface } from "../ec2/interfaces.ts";
import { Sizes } from "./sizes.ts";
import { efsCollections, type EfsCollections } from "./store.ts";

export interface EfsOptions {
  store: Store;
  ec2: Ec2;
  /** Where the data is. */
  files: FileSystems;
  clock: Clock;
  ids: Ids;
  log: Logger;
}

/**
 * Amazon EFS: what is stored of file systems, and the data and network interfaces that are made to agree with it. Work
 * behind an answer starts from the records and may be repeated, so that a restart takes it up.
 */
export class Efs implements Component {
  readonly name = "efs";
  readonly store: Store;
  readonly ec2: Ec2;
  readonly files: FileSystems;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly records: EfsCollections;
  readonly sizes: Sizes;
  private readonly background: Background;
  private readonly queue = new KeyedQueue();

  constructor({ store, ec2, files, clock, ids, log }: EfsOptions) {
    this.store = store;
    this.ec2 = ec2;
    this.files = files;
    this.clock = clock;
    this.ids = ids;
    this.records = efsCollections(store);
    this.sizes = new Sizes(files, clock, log);
    this.background = new Background(clock, log);
  }

  async start(): Promise<void> {
    this.background.start();
    const where = { state: ["creating", "deleting"] };
    for (const { scope, id } of await this.records.fileSystems.listAll({ where }))
      this.reconcileFileSystem(parseScopeKey(scope), id);
    for (const { scope, id } of await this.records.mountTargets.listAll({ where }))
      this.reconcileMountTarget(parseScopeKey(scope), id);
  }

  async stop(): Promise<void> {
    this.background.stop();
  }

  /** Makes a file system's data be there, or be gone, behind the answer. */
  reconcileFileSystem(scope: Scope, fileSystemId: string): void {
    const step = () => this.queue.run(fileSystemId, () => this.stepFileSystem(scope, fileSystemId));
    void this.background.run(`EFS file system ${fileSystemId}`, step);
  }

  /** Makes a mount target's interface be there, or be gone, behind the answer. */
  reconcileMountTarget(scope: Scope, mountTargetId: string): void {
    const step = () => this.queue.run(mountTargetId, () => this.stepMountTarget(scope, mountTargetId));
    void this.background.run(`EFS mount target ${mountTargetId}`, step);
  }

  private async stepFileSystem(scope: Scope, fileSystemId: string): Promise<void> {
    const { fileSystems } = this.records;
    const key = scopeKey(scope);
    const state = (await fileSystems.get(key, fileSystemId))?.state;
    if (state === "creating") {
      await this.files.create({ scope, fileSystemId });
      failpoint("efs.folder-created");
      await fileSystems.update(key, fileSystemId, (now) =>
        now.state === "creating" ? { ...now, state: "available" } : undefined,
      );
    } else if (state === "deleting") {
      await this.files.delete({ scope, fileSystemId });
      failpoint("efs.folder-deleted");
      await fileSystems.delete(key, fileSystemId);
    }
  }

  private async stepMountTarget(scope: Scope, mountTargetId: string): Promise<void> {
    const { mountTargets } = this.records;
    const key = scopeKey(scope);
    const target = await mountTargets.get(key, mountTargetId);
    if (target?.state === "creating") {
      await this.ec2.attach(scope, target.interfaceId);
      failpoint("efs.interface-attached");
      await mountTargets.update(key, mountTargetId, (now) =>
        now.state === "creating" ? { ...now, state: "available" } : undefined,
      );
    } else if (target?.state === "deleting") {
      await releaseInterface(this.ec2, scope, target.interfaceId);
      failpoint("efs.interface-released");
      await mountTargets.delete(key, mountTargetId);
    }
  }
}
