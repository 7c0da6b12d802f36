import type { Scope } from "../../base/scope.ts";
import type { Change } from "../../store/store.ts";
import { TABLES, type Collections, type NamespaceRecord } from "./store.ts";

/** Whose zones a change concerns: one VPC's, or every VPC's. */
export type Concern = { vpcId: string } | "all";

/**
 * Remembers where the names of namespaces, services and instances are published: when a document is gone, the store no
 * longer tells.
 */
export class ZoneIndex {
  private readonly namespaces = new Map<string, Concern | undefined>();
  private readonly services = new Map<string, string>();

  async load({ namespaces, services }: Collections): Promise<void> {
    this.namespaces.clear();
    this.services.clear();
    for (const { id, document } of await namespaces.listAll()) this.namespaces.set(id, concernOf(document));
    for (const { id, document } of await services.listAll()) this.services.set(id, document.namespaceId);
  }

  /** Takes in a committed change. @returns whose names may have changed by it */
  note({ collection, id, kind, values }: Change): Concern | undefined {
    switch (collection) {
      case TABLES.namespaces: {
        const before = this.namespaces.get(id);
        if (kind === "delete") this.namespaces.delete(id);
        else this.namespaces.set(id, concernOf(values as Pick<NamespaceRecord, "type" | "vpcId">));
        return before ?? this.namespaces.get(id);
      }
      case TABLES.services: {
        const namespaceId = this.services.get(id) ?? String(values["namespaceId"]);
        if (kind === "delete") this.services.delete(id);
        else this.services.set(id, namespaceId);
        return this.namespaces.get(namespaceId);
      }
      case TABLES.instances:
        return this.namespaces.get(this.services.get(serviceIdOf(id)) ?? "");
      default:
        return undefined;
    }
  }
}

/** The service of an instance's key. */
export function serviceIdOf(instanceKey: string): string {
  return instanceKey.slice(0, instanceKey.indexOf("/"));
}

function concernOf({ type, vpcId }: Pick<NamespaceRecord, "type" | "vpcId">): Concern | undefined {
  if (type === "HTTP") return undefined;
  return vpcId ? { vpcId } : "all";
}

/** Called with the scope and service whose instances a commit changed. */
export type InstancesListener = (scope: Scope, serviceId: string) => void;
