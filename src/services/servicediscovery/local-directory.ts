import { randomUUID } from "node:crypto";
import { scopeKey, type Scope } from "../../base/scope.ts";
import { directoryInstance, directoryNamespace, directoryService } from "./directory-view.ts";
import type { DirectoryInstance, DirectoryNamespace, DirectoryService, ServiceDirectory } from "./directory.ts";
import { newNamespaceId, resourceId } from "./identifiers.ts";
import { checkAttributes } from "./instance-attributes.ts";
import {
  checkRoomForInstance,
  instancesOf,
  isRegistered,
  putInstance,
  removeInstance,
  setInstanceHealth,
} from "./instances.ts";
import { checkRoomForNamespace, createNamespace, isGoing, namespaceOf, namespacesNamed } from "./namespaces.ts";
import type { ServiceDiscovery } from "./service-discovery.ts";
import { createService, deleteService, serviceNamed, serviceOf } from "./services.ts";
import type { ServiceRecord } from "./store.ts";

/** {@link ServiceDirectory} by the functions that the operations use, at once instead of by an operation. */
export class LocalDirectory implements ServiceDirectory {
  private readonly sd: ServiceDiscovery;

  constructor(sd: ServiceDiscovery) {
    this.sd = sd;
  }

  async findService(scope: Scope, arnOrId: string): Promise<DirectoryService | undefined> {
    const id = resourceId(scope, "service", arnOrId);
    const service = id === undefined ? undefined : await this.sd.records.services.get(scopeKey(scope), id);
    return service && (await this.describe(scope, service));
  }

  async findNamespace(scope: Scope, nameOrArn: string): Promise<DirectoryNamespace | undefined> {
    const id = resourceId(scope, "namespace", nameOrArn);
    if (id === undefined) return undefined;
    const known = await this.sd.records.namespaces.get(scopeKey(scope), id);
    for (const namespace of known ? [known] : await namespacesNamed(this.sd, scope, nameOrArn))
      if (!(await isGoing(this.sd, scope, namespace))) return directoryNamespace(scope, namespace);
    return undefined;
  }

  async ensureHttpNamespace(scope: Scope, name: string): Promise<DirectoryNamespace> {
    return await this.sd.store.transaction(async () => {
      const known = (await namespacesNamed(this.sd, scope, name)).find(({ type }) => type === "HTTP");
      if (known) return directoryNamespace(scope, known);
      await checkRoomForNamespace(this.sd, scope);
      const request = { kind: "CREATE_NAMESPACE" as const, name, type: "HTTP" as const, tags: [] };
      const id = newNamespaceId(this.sd.ids);
      return directoryNamespace(scope, await createNamespace(this.sd, scope, id, request, randomUUID()));
    });
  }

  async ensureService(scope: Scope, namespaceId: string, name: string): Promise<DirectoryService> {
    return await this.sd.store.transaction(async () => {
      const known = await serviceNamed(this.sd, scope, namespaceId, name);
      if (known) return await this.describe(scope, known);
      const service = await createService(this.sd, scope, { Name: name, NamespaceId: namespaceId, Type: "HTTP" });
      return await this.describe(scope, service);
    });
  }

  async removeService(scope: Scope, serviceId: string): Promise<void> {
    await this.sd.store.transaction(async () => {
      if (!(await this.sd.records.services.get(scopeKey(scope), serviceId))) return;
      if ((await instancesOf(this.sd, scope, serviceId)).length) return;
      await deleteService(this.sd, scope, serviceId);
    });
  }

  async servicesOf(scope: Scope, namespaceId: string): Promise<DirectoryService[]> {
    const services = await this.sd.records.services.list(scopeKey(scope), { where: { namespaceId } });
    const namespace = await this.sd.records.namespaces.get(scopeKey(scope), namespaceId);
    return namespace ? services.map((service) => directoryService(scope, service, namespace)) : [];
  }

  async register(
    scope: Scope,
    serviceId: string,
    instanceId: string,
    attributes: Record<string, string>,
  ): Promise<void> {
    await this.sd.store.transaction(async () => {
      const service = await serviceOf(this.sd, scope, serviceId);
      if (await isRegistered(this.sd, scope, service, instanceId, attributes)) return;
      checkAttributes(service, attributes);
      await checkRoomForInstance(this.sd, scope, service, instanceId);
      const creatorRequestId = randomUUID();
      await putInstance(this.sd, scope, service, { instanceId, attributes: { ...attributes }, creatorRequestId });
    });
  }

  async deregister(scope: Scope, serviceId: string, instanceId: string): Promise<void> {
    await this.sd.store.transaction(() => removeInstance(this.sd, scope, serviceId, instanceId));
  }

  async setHealth(scope: Scope, serviceId: string, instanceId: string, healthy: boolean): Promise<void> {
    const service = await this.sd.records.services.get(scopeKey(scope), serviceId);
    if (!service?.hasCustomHealth) return;
    await setInstanceHealth(this.sd, scope, serviceId, instanceId, healthy ? "HEALTHY" : "UNHEALTHY");
  }

  async instances(scope: Scope, serviceId: string): Promise<DirectoryInstance[]> {
    const service = await this.sd.records.services.get(scopeKey(scope), serviceId);
    if (!service) return [];
    return (await instancesOf(this.sd, scope, serviceId)).map((instance) => directoryInstance(service, instance));
  }

  onInstances(listener: (scope: Scope, serviceId: string) => void): () => void {
    return this.sd.onInstances(listener);
  }

  private async describe(scope: Scope, service: ServiceRecord): Promise<DirectoryService> {
    return directoryService(scope, service, await namespaceOf(this.sd, scope, service.namespaceId));
  }
}
