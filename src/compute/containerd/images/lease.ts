import { randomUUID } from "node:crypto";
import { messageOf } from "../../../base/errors.ts";
import type { Logger } from "../../../base/log.ts";
import { unlessNotFound, type ContainerdClient } from "../client.ts";

const LABEL = "neargate.pull";

/**
 * Keeps what pulls have written from containerd's garbage collector until an image record refers to it. Pulls that
 * overlap hold one lease together, for they may share layers; with the last of them it goes, and what none of them
 * brought to an end goes with it.
 */
export class PullLease {
  private readonly client: ContainerdClient;
  private readonly log: Logger;
  private current: { id: string; created: Promise<unknown>; holders: number } | undefined;

  constructor(client: ContainerdClient, log: Logger) {
    this.client = client;
    this.log = log;
  }

  /** Runs `work` with the lease's id. */
  async hold<T>(work: (lease: string) => Promise<T>): Promise<T> {
    const lease = (this.current ??= this.begin());
    lease.holders++;
    try {
      await lease.created;
      return await work(lease.id);
    } finally {
      if (--lease.holders === 0) this.end(lease.id);
    }
  }

  /** Removes leases of a process that died while it pulled, and those that could not be deleted at their end. */
  async removeStale(): Promise<void> {
    const { leases } = await this.client.leases.list({ filters: [`labels."${LABEL}"==true`] });
    for (const { id } of leases) if (id !== this.current?.id) await unlessNotFound(this.client.leases.delete({ id }));
  }

  /** Has containerd remove now what nothing refers to any more. */
  async collectGarbage(): Promise<void> {
    const id = `collect-${randomUUID()}`;
    await this.client.leases.create({ id, labels: { [LABEL]: "true" } });
    await this.client.leases.delete({ id, sync: true });
  }

  private begin() {
    const id = `pull-${randomUUID()}`;
    return { id, created: this.client.leases.create({ id, labels: { [LABEL]: "true" } }), holders: 0 };
  }

  /** Without waiting: the pull has what it wanted. What fails here is made good by {@link removeStale}. */
  private end(id: string): void {
    this.current = undefined;
    unlessNotFound(this.client.leases.delete({ id })).catch((cause: unknown) =>
      this.log.warn({ lease: id, reason: messageOf(cause) }, "lease not deleted"),
    );
  }
}

/** Puts under a lease what may exist already, and else be collected in the next moment. */
export async function keep(
  client: ContainerdClient,
  lease: string,
  resource: { type: string; id: string },
): Promise<void> {
  await client.leases.addResource({ id: lease, resource });
}
