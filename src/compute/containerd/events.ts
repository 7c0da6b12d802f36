import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { AnySchema } from "@bufbuild/protobuf/wkt";
import { randomUUID } from "node:crypto";
import { TaskExitSchema, TaskOOMSchema, type TaskExit } from "../../../generated/containerd/events/task_pb.ts";
import type { Clock } from "../../base/clock.ts";
import { messageOf } from "../../base/errors.ts";
import type { Logger } from "../../base/log.ts";
import { backoffMs } from "../../base/retry.ts";
import { isDisconnected, type ContainerdClient } from "./client.ts";
import type { ContainerdDaemon } from "./daemon.ts";

/** An event of ours, published to learn that the subscription stands. */
const SYNC_TOPIC = "/neargate/sync";
const SYNC_INTERVAL_MS = 20;
/** How long a call waits for containerd to come back, and how often it is tried again. */
const RECONNECT_TIMEOUT_MS = 120_000;
const MAX_CALLS = 5;

export interface ConnectionOptions {
  client: ContainerdClient;
  daemon: ContainerdDaemon;
  clock: Clock;
  log: Logger;
  /** A container or a program in it has ended. */
  onExit: (event: TaskExit) => Promise<void>;
  /** The stream of events stands (again): what happened before must be found by listing. */
  onSync: () => Promise<void>;
}

/**
 * The connection to containerd, kept by its stream of events: when the stream breaks, containerd is started again if it
 * died, and subscribed to anew.
 */
export class Connection {
  private readonly options: ConnectionOptions;
  private readonly ended = new AbortController();
  private running: Promise<void> | undefined;
  private ready = Promise.withResolvers<void>();
  private isReady = false;

  constructor(options: ConnectionOptions) {
    this.options = options;
  }

  /** Resolves when containerd answers and events arrive. */
  async start(): Promise<void> {
    const { client, daemon } = this.options;
    await daemon.ensure(client, this.ended.signal);
    this.running = this.run();
    await this.ready.promise;
  }

  async stop(): Promise<void> {
    this.ended.abort();
    this.options.client.close();
    await this.running;
  }

  /**
   * Makes a call, which must be safe to repeat; when containerd is gone, waits until it is back and makes it again.
   * `signal` is the caller's: what it aborted is not repeated.
   */
  async call<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await work();
      } catch (cause) {
        const mayReturn = isDisconnected(cause) && !signal?.aborted && !this.ended.signal.aborted;
        if (!mayReturn || attempt >= MAX_CALLS) throw cause;
        this.options.log.warn({ reason: messageOf(cause), attempt }, "containerd did not answer");
        await this.reconnected(attempt);
      }
    }
  }

  /** A broken call may be noticed before the broken stream: a moment later the stream knows too. */
  private async reconnected(attempt: number): Promise<void> {
    const { clock } = this.options;
    await clock.sleep(SYNC_INTERVAL_MS * 2 ** attempt, this.ended.signal);
    const timeout = AbortSignal.any([this.ended.signal, AbortSignal.timeout(RECONNECT_TIMEOUT_MS)]);
    await Promise.race([this.ready.promise, clock.sleep(RECONNECT_TIMEOUT_MS * 2, timeout)]);
  }

  private async run(): Promise<void> {
    const { client, daemon, clock, log } = this.options;
    const { signal } = this.ended;
    for (let failures = 0; !signal.aborted;) {
      try {
        await daemon.ensure(client, signal);
        await this.follow(() => (failures = 0));
      } catch (cause) {
        if (signal.aborted) return;
        log.warn({ reason: messageOf(cause) }, "connection to containerd lost");
      }
      if (this.isReady) this.ready = Promise.withResolvers();
      this.isReady = false;
      if (failures++ > 0) await clock.sleep(backoffMs(failures, 50, 5000), signal).catch(() => {});
    }
  }

  /** Reads events until the stream breaks. Lists what is only after the first event has come: none is missed so. */
  private async follow(onReady: () => void): Promise<void> {
    const { client } = this.options;
    const filters = [`namespace==${client.namespace},topic~="^(/tasks/exit|${SYNC_TOPIC})$"`];
    const token = randomUUID();
    const seen = new AbortController();
    const broken = new AbortController();
    const signal = AbortSignal.any([this.ended.signal, broken.signal]);
    const stream = client.events.subscribe({ filters }, { signal });
    this.announce(token, AbortSignal.any([signal, seen.signal])).catch((cause: unknown) => broken.abort(cause));
    try {
      for await (const envelope of stream) {
        if (envelope.topic !== SYNC_TOPIC) await this.options.onExit(fromBinary(TaskExitSchema, envelope.event!.value));
        else if (!seen.signal.aborted && fromBinary(TaskOOMSchema, envelope.event!.value).containerId === token) {
          seen.abort();
          await this.options.onSync();
          onReady();
          this.isReady = true;
          this.ready.resolve();
        }
      }
    } finally {
      broken.abort();
    }
  }

  /** Publishes until it was seen: there is no answer to a subscription that would say that it stands. */
  private async announce(token: string, seen: AbortSignal): Promise<void> {
    const { client, clock } = this.options;
    const value = toBinary(TaskOOMSchema, create(TaskOOMSchema, { containerId: token }));
    const event = create(AnySchema, { typeUrl: TaskOOMSchema.typeName, value });
    while (!seen.aborted) {
      await client.events.publish({ topic: SYNC_TOPIC, event });
      await clock.sleep(SYNC_INTERVAL_MS);
    }
  }
}
