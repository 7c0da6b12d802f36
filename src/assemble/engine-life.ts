import type { RequestGate } from "../admin/request-gate.ts";
import { Lifecycle, type Component } from "../base/lifecycle.ts";
import type { Logger } from "../base/log.ts";
import type { ComputeBackend } from "../compute/backend.ts";
import type { StopOptions } from "../engine.ts";
import type { NetworkBackend } from "../network/backend.ts";
import type { FileSystems } from "../storage/shared/file-systems.ts";
import type { TaskEngine } from "../tasks/task-engine.ts";

/** What an engine starts and stops, and what it takes off the host. */
export interface EngineLifeParts {
  /** Each in the order of their needs; stopped the other way round. The lower ones stay over a reset. */
  lower: readonly Component[];
  upper: readonly Component[];
  /** Closed while requests must wait. */
  gate: RequestGate;
  /** Starts no more tasks once it is stopped. */
  controller: Component;
  tasks: TaskEngine;
  compute: ComputeBackend;
  network: NetworkBackend;
  files: FileSystems;
  log: Logger;
}

/** The start, the end and the reset of an engine, in the order that its parts need. */
export class EngineLife {
  private readonly parts: EngineLifeParts;
  private readonly forgetAll: () => Promise<void>;
  private readonly lowerLife: Lifecycle;
  private readonly upperLife: Lifecycle;
  private resetting: Promise<void> | undefined;
  private stopping = false;

  /** @param forgetAll empties every store, with the upper components stopped and the host empty */
  constructor(parts: EngineLifeParts, forgetAll: () => Promise<void>) {
    this.parts = parts;
    this.forgetAll = forgetAll;
    this.lowerLife = new Lifecycle(parts.log);
    this.upperLife = new Lifecycle(parts.log);
  }

  /** Tasks that run already may ask at once; they wait. */
  async start(): Promise<void> {
    await this.parts.gate.whileClosed(async () => {
      await this.lowerLife.start(this.parts.lower);
      await this.upperLife.start(this.parts.upper);
    });
  }

  /**
   * Back to an engine without state. Whoever asks while one goes on gets that one.
   * @throws Error when the engine is stopping
   */
  async reset(): Promise<void> {
    if (this.stopping) throw new Error("the engine is stopping");
    this.resetting ??= this.parts.gate.whileClosed(() => this.empty()).finally(() => (this.resetting = undefined));
    await this.resetting;
  }

  /** @param forget whether files that may lie outside of the data folder go, too */
  async stop({ tasks: what, onProgress = () => {} }: StopOptions, { forget }: { forget: boolean }): Promise<void> {
    const { compute, network, files, log } = this.parts;
    this.stopping = true;
    await this.resetting?.catch((err: unknown) => log.error({ err }, "the reset before the stop failed"));
    if (what === "stop") await this.emptyHost(onProgress);
    await this.upperLife.stop();
    if (what === "stop") {
      await this.removeStrays();
      if (forget) await files.clear();
      await files.release();
      onProgress("taking the networks down");
      await network.removeAll();
      onProgress("stopping containerd");
      await compute.shutdown();
    }
    await this.lowerLife.stop();
  }

  private async empty(): Promise<void> {
    await this.emptyHost(() => {});
    await this.upperLife.stop();
    await this.removeStrays();
    await this.parts.network.removeAll();
    await this.forgetAll();
    await this.parts.network.start();
    await this.upperLife.start(this.parts.upper);
  }

  private async emptyHost(onProgress: (line: string) => void): Promise<void> {
    await this.parts.controller.stop?.();
    await this.parts.tasks.stopAll("The Neargate engine was stopped.", (left) =>
      onProgress(left ? `waiting for ${left} ${left === 1 ? "task" : "tasks"} to stop` : "all tasks have stopped"),
    );
  }

  /** Containers that no task in the store has, such as those of a data folder that was put back from a backup. */
  private async removeStrays(): Promise<void> {
    const { compute, tasks, files, log } = this.parts;
    const strays = await compute.list();
    for (const { id } of strays) {
      log.warn({ container: id }, "removing a container that belongs to no task");
      await compute.removeContainer(id);
    }
    for (const taskId of new Set(strays.map((stray) => stray.taskId))) await compute.removeTaskGroup(taskId);
    await tasks.storage.removeAll();
    await files.detachAll();
  }
}
