import type { Clock } from "../../base/clock.ts";
import { KeyedQueue } from "../../base/keyed-queue.ts";
import type { Logger } from "../../base/log.ts";
import type { Background } from "./background.ts";

export interface HostVpcsOptions {
  clock: Clock;
  log: Logger;
  background: Background;
  /** Makes a VPC be on the host as it is stored now. */
  apply(key: string, vpcId: string): Promise<void>;
  /** Takes a VPC off the host. */
  remove(vpcId: string): Promise<void>;
  /** Whether a VPC has interfaces. */
  isUsed(key: string, vpcId: string): Promise<boolean>;
}

/** How long a VPC stays on the host after its last interface: the next task often comes soon, and is quicker then. */
const EMPTY_VPC_MS = 60_000;

/**
 * The VPCs that are on the host: each is applied as a whole when its first interface comes, then changed, and removed some
 * time after its last interface went. What happens to a VPC as a whole happens in order. `key` is a scope's key.
 */
export class HostVpcs {
  private readonly options: HostVpcsOptions;
  /** The VPCs that this process has applied, or is about to; and those where it is done. */
  private readonly applied = new Map<string, Promise<void>>();
  private readonly ready = new Set<string>();
  /** Of each VPC that may be without interfaces, the wait that is the last to have begun. */
  private readonly waits = new Map<string, symbol>();
  private readonly queue = new KeyedQueue();

  constructor(options: HostVpcsOptions) {
    this.options = options;
  }

  /** Whether a VPC is on the host, or about to be. */
  has(vpcId: string): boolean {
    return this.applied.has(vpcId);
  }

  /** Ends what is under way and knows of none any more; they stay on the host. */
  async letGo(): Promise<void> {
    await this.queue.idle();
    this.applied.clear();
    this.ready.clear();
  }

  /** Resolves when a VPC is on the host. @throws Error when it cannot be */
  ensure(key: string, vpcId: string): Promise<void> {
    const known = this.applied.get(vpcId);
    if (known) return known;
    const applying = this.queue.run(vpcId, async () => {
      await this.options.apply(key, vpcId);
      this.ready.add(vpcId);
    });
    this.applied.set(vpcId, applying);
    applying.catch(() => {
      if (this.applied.get(vpcId) === applying) this.applied.delete(vpcId);
    });
    return applying;
  }

  /** Like {@link ensure}, but for a VPC that cannot be put on the host now, which is tried again behind the answer. */
  async ensureOrRetry(key: string, vpcId: string): Promise<void> {
    const { log, background } = this.options;
    try {
      await this.ensure(key, vpcId);
    } catch (err) {
      log.error({ err, vpcId }, "could not apply a VPC, trying again");
      void background.run(`VPC ${vpcId}`, () => this.ensure(key, vpcId));
    }
  }

  /** Changes a VPC in its turn, if it is on the host: whoever applies it later reads what is stored then. */
  async change(vpcId: string, work: () => Promise<void>): Promise<void> {
    await this.queue.run(vpcId, async () => {
      if (this.ready.has(vpcId)) await work();
    });
  }

  /**
   * Brings a change that is stored to the host. Resolves when it holds, or when the host refused it for now: what is
   * stored will hold, so that the change succeeded, and it is tried until the host agrees.
   */
  async publish(vpcId: string, work: () => Promise<void>): Promise<void> {
    const { log, background } = this.options;
    try {
      await this.change(vpcId, work);
    } catch (err) {
      if (background.signal.aborted) return; // the next start applies it as a whole
      log.error({ err, vpcId }, "could not bring a change to a VPC on the host, trying again");
      void background.run(`a change of VPC ${vpcId}`, () => this.change(vpcId, work));
    }
  }

  /** Takes a VPC off the host when, after a while in which no interface went, it has none. */
  collect(key: string, vpcId: string): void {
    const { clock, log, background, remove, isUsed } = this.options;
    const { signal } = background;
    const wait = Symbol(vpcId);
    this.waits.set(vpcId, wait);
    const collect = async () => {
      await clock.sleep(EMPTY_VPC_MS, signal);
      if (this.waits.get(vpcId) !== wait) return;
      this.waits.delete(vpcId);
      await this.queue.run(vpcId, async () => {
        const applied = this.applied.get(vpcId);
        if (signal.aborted || !applied) return;
        // Forgotten before counting: who attaches from now on waits for an apply that is queued behind us.
        this.applied.delete(vpcId);
        if (await isUsed(key, vpcId)) {
          if (!this.applied.has(vpcId)) this.applied.set(vpcId, applied);
          return;
        }
        this.ready.delete(vpcId);
        await remove(vpcId);
      });
    };
    collect().catch((err: unknown) => {
      if (!signal.aborted) log.error({ err, vpcId }, "could not remove an unused VPC from the host");
    });
  }
}
