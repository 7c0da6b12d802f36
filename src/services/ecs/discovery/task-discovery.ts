import type { ServiceConnectProxies } from "../../../balancer/service-connect.ts";
import type { Clock } from "../../../base/clock.ts";
import type { Logger } from "../../../base/log.ts";
import { scopeKey, type Scope } from "../../../base/scope.ts";
import { settleAll } from "../../../base/settle.ts";
import type { TaskRegistration } from "../../../tasks/discovery-record.ts";
import type { TaskDiscovery } from "../../../tasks/discovery.ts";
import type { TaskFiles } from "../../../tasks/task-files.ts";
import { isFound, type TaskPresence, type TaskRecord } from "../../../tasks/task-record.ts";
import type { DirectoryInstance, ServiceDirectory } from "../../servicediscovery/directory.ts";
import { EndpointPublisher } from "./endpoint-publisher.ts";
import { proxySpec } from "./plan.ts";
import type { RouteEndpoints, TrafficSplits } from "./traffic-split.ts";

export interface EcsTaskDiscoveryParts {
  directory: ServiceDirectory;
  proxies: ServiceConnectProxies;
  splits: TrafficSplits;
  files: TaskFiles;
  clock: Clock;
  log: Logger;
}

/** A task's id, which is that of its instances. */
const TASK_ID = /^[0-9a-f]{32}$/;

/** How tasks are found through Cloud Map, and find others through Service Connect's proxies. */
export class EcsTaskDiscovery implements TaskDiscovery {
  private readonly parts: EcsTaskDiscoveryParts;
  private readonly publisher: EndpointPublisher;
  private unsubscribe: (() => void) | undefined;

  constructor(parts: EcsTaskDiscoveryParts) {
    this.parts = parts;
    this.publisher = new EndpointPublisher(parts);
  }

  async start(unfinished: readonly TaskRecord[]): Promise<void> {
    const { directory, proxies, log } = this.parts;
    this.publisher.open();
    this.unsubscribe = directory.onInstances((scope, serviceId) => this.publisher.publishSurely(scope, serviceId));
    await this.auditInstances(unfinished).catch((err: unknown) =>
      log.error({ err }, "the instances of tasks could not be compared with the tasks"),
    );
    // Of one that is being taken down, the proxy may be gone already.
    const proxied = unfinished.filter((task) => task.proxy?.running && task.lastStatus !== "DEPROVISIONING");
    for (const taskId of await proxies.list())
      if (!unfinished.some((task) => task.taskId === taskId && task.proxy)) await proxies.remove(taskId);
    await Promise.all(
      proxied.map((task) =>
        this.ensureProxy(task).catch((err: unknown) =>
          log.error({ err, task: task.taskId }, "the Service Connect proxy of a task could not be taken up"),
        ),
      ),
    );
  }

  async stop(): Promise<void> {
    this.unsubscribe?.();
    await this.publisher.close();
  }

  async announce(task: TaskRecord, presence: TaskPresence): Promise<void> {
    const { directory, log } = this.parts;
    for (const registration of task.registrations ?? []) {
      const { serviceId, attributes, health } = registration;
      if (!isIn(registration, presence)) {
        await directory.deregister(task.scope, serviceId, task.taskId);
        continue;
      }
      if (!(await directory.findService(task.scope, serviceId))) {
        log.warn({ task: task.taskId, service: serviceId }, "a task's service registry is gone");
        continue;
      }
      const reported = health === "reported";
      const initial: Record<string, string> = reported ? { AWS_INIT_HEALTH_STATUS: presence } : {};
      // The first status is an attribute; later ones are told.
      if (!isFound(task) || !reported)
        await directory.register(task.scope, serviceId, task.taskId, { ...attributes, ...initial });
      if (reported) await directory.setHealth(task.scope, serviceId, task.taskId, presence === "HEALTHY");
    }
  }

  async spread(task: TaskRecord): Promise<void> {
    await settleAll(
      (task.registrations ?? [])
        .filter(({ health }) => health === "required")
        .map(({ serviceId }) => this.publisher.publish(task.scope, serviceId)),
    );
  }

  /** Resolves when the proxies of all who dial a Cloud Map service know how its traffic is split now, or newer. */
  async republish(scope: Scope, serviceId: string): Promise<void> {
    await this.publisher.publish(scope, serviceId);
  }

  async ensureProxy(task: TaskRecord): Promise<void> {
    if (!task.proxy || !task.network) throw new Error(`task ${task.taskId} is not prepared`);
    // Before its endpoints are read: what changes from now on is told.
    this.publisher.add(task.taskId, task.proxy);
    const endpoints = new Map<string, RouteEndpoints>();
    const serviceIds = [...new Set(task.proxy.clients.map((client) => client.serviceId))];
    const generations = serviceIds.map((serviceId) => this.publisher.generation(serviceId));
    for (const serviceId of serviceIds)
      endpoints.set(serviceId, await this.publisher.endpointsOf(task.scope, serviceId));
    const logFile = this.parts.files.proxyLogRoute(task)?.stdoutPath ?? "/dev/null";
    await this.parts.proxies.ensure(
      proxySpec(task.taskId, task.network.networkNamespace, task.proxy, logFile, endpoints),
    );
    // What was told meanwhile may have found no proxy yet.
    const changed = serviceIds.filter((serviceId, i) => this.publisher.generation(serviceId) !== generations[i]);
    await settleAll(changed.map((serviceId) => this.publisher.publish(task.scope, serviceId)));
  }

  async removeProxy(task: TaskRecord): Promise<void> {
    this.publisher.drop(task.taskId);
    await this.parts.proxies.remove(task.taskId);
  }

  /** Takes out instances that no running task stands behind, and enters running tasks that are missing. */
  private async auditInstances(unfinished: readonly TaskRecord[]): Promise<void> {
    const { directory, log } = this.parts;
    const byService = new Map<string, { scope: Scope; serviceId: string; tasks: Map<string, TaskRecord> }>();
    for (const task of unfinished)
      for (const { serviceId } of task.registrations ?? []) {
        const key = `${scopeKey(task.scope)} ${serviceId}`;
        const entry = byService.get(key) ?? { scope: task.scope, serviceId, tasks: new Map<string, TaskRecord>() };
        byService.set(key, entry);
        entry.tasks.set(task.taskId, task);
      }
    const missing = new Set<TaskRecord>();
    const belongs = (task: TaskRecord, serviceId: string) =>
      isFound(task) && task.registrations!.some((one) => one.serviceId === serviceId && isIn(one, task.presence!));
    for (const { scope, serviceId, tasks } of byService.values()) {
      const instances = await directory.instances(scope, serviceId);
      for (const { instanceId } of instances.filter(isTask)) {
        const task = tasks.get(instanceId);
        if (task && belongs(task, serviceId)) continue;
        log.warn({ service: serviceId, instance: instanceId }, "an instance of no running task is deregistered");
        await directory.deregister(scope, serviceId, instanceId);
      }
      const present = new Set(instances.map(({ instanceId }) => instanceId));
      for (const task of tasks.values()) if (belongs(task, serviceId) && !present.has(task.taskId)) missing.add(task);
    }
    for (const task of missing) await this.announce({ ...task, presence: undefined }, task.presence!);
  }
}

/** Whether a task of this presence is an instance. */
function isIn({ health }: TaskRegistration, presence: TaskPresence): boolean {
  return presence === "HEALTHY" || (presence === "UNHEALTHY" && health !== "required");
}

/** Whether ECS registered it, rather than a user. */
function isTask({ instanceId, attributes }: DirectoryInstance): boolean {
  return TASK_ID.test(instanceId) && attributes["ECS_SERVICE_NAME"] !== undefined;
}
