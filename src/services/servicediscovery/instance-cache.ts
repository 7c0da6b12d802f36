import { scopeKey, type Scope } from "../../base/scope.ts";
import type { Collections, InstanceRecord } from "./store.ts";

/** The instances of services that were discovered since they changed last: they are asked for more often than changed. */
export class InstanceCache {
  private readonly instances: Collections["instances"];
  /** By service: their ids are unique over scopes. */
  private readonly entries = new Map<string, Promise<readonly InstanceRecord[]>>();

  constructor({ instances }: Collections) {
    this.instances = instances;
  }

  /** By id, as they are committed; not to be changed. Not for use inside of a transaction. */
  async read(scope: Scope, serviceId: string): Promise<readonly InstanceRecord[]> {
    const known = this.entries.get(serviceId);
    if (known) return await known;
    const reading = this.instances.list(scopeKey(scope), { where: { serviceId } });
    // Kept while it is read: a change meanwhile takes it away, and the next request reads again.
    this.entries.set(serviceId, reading);
    try {
      return await reading;
    } catch (cause) {
      if (this.entries.get(serviceId) === reading) this.entries.delete(serviceId);
      throw cause;
    }
  }

  /** The instances of a service have changed, or the service. */
  forget(serviceId: string): void {
    this.entries.delete(serviceId);
  }

  clear(): void {
    this.entries.clear();
  }
}
