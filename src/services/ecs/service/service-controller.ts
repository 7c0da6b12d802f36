import { AwsError } from "../../../base/errors.ts";
import type { Component } from "../../../base/lifecycle.ts";
import { parseScopeKey, scopeKey } from "../../../base/scope.ts";
import { ReconcileLoop } from "../../../control/loop.ts";
import { planService, spreadOverZones, type Plan, type PlanTask } from "../../../control/service-plan.ts";
import type { Change, Store } from "../../../store/store.ts";
import { retirementReason } from "../../../tasks/retirement.ts";
import { definitionOf, isEssential, taskHealth, UNFINISHED, type TaskRecord } from "../../../tasks/task-record.ts";
import { defaultLogMode, rootArn } from "../account-settings.ts";
import { removePorts } from "../discovery/service-connect.ts";
import type { Ecs } from "../ecs.ts";
import { capacityProblem } from "../fargate.ts";
import { launchTask, managedTags } from "../launch.ts";
import { placement } from "../network-configuration.ts";
import { requireTaskRoles } from "../roles.ts";
import { mergeTags } from "../tags.ts";
import { findTaskDefinition } from "../task-definition/find.ts";
import { configuredVolume, volumeTags } from "../volume-configuration.ts";
import { withCircuitBreaker } from "./circuit-breaker.ts";
import { HEALTHY_AFTER_MS, LATE_MS, UNHEALTHY_REASON, lastFailedStart, withEndedTasks } from "./failures.ts";
import { say, sayOnce } from "./say.ts";
import { groupOf, primaryOf, versionsOf, withDeployment, type ServiceRecord } from "./service-record.ts";

/** Events within this time are answered together, so that one message says `has started 2 tasks`. */
const DEBOUNCE_MS = 1000;
/** When a task cannot be placed, the next try. */
const PLACEMENT_RETRY_MS = 15_000;

const TROUBLESHOOTING = "For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.";

/** A task that ECS itself cannot launch: services tell it in other words than a task that cannot be placed. */
class LaunchFailure extends AwsError {}

function asLaunchFailure(cause: unknown): never {
  throw cause instanceof AwsError ? new LaunchFailure(cause.code, cause.message) : cause;
}

/** Keeps every service at what it should be: starts, stops and replaces tasks, and rolls deployments out and back. */
export class ServiceController implements Component {
  readonly name = "ecs-services";
  private readonly ecs: Ecs;
  private readonly store: Store;
  private readonly loop: ReconcileLoop;
  private unsubscribe: (() => void) | undefined;

  constructor(ecs: Ecs, store: Store) {
    this.ecs = ecs;
    this.store = store;
    this.loop = new ReconcileLoop({
      name: this.name,
      clock: ecs.clock,
      log: ecs.log,
      debounceMs: DEBOUNCE_MS,
      reconcile: (key) => this.reconcile(key),
    });
  }

  async start(): Promise<void> {
    this.loop.start();
    this.unsubscribe = this.store.onChange((change) => this.heard(change));
    const services = await this.ecs.store.services.listAll({ where: { status: ["ACTIVE", "DRAINING"] } });
    for (const { scope, id } of services) this.loop.wake(`${scope} ${id}`);
  }

  async stop(): Promise<void> {
    this.unsubscribe?.();
    await this.loop.stop();
  }

  /** Wakes the service that a change of its record or of one of its tasks concerns. */
  private heard(change: Change): void {
    if (change.collection === this.ecs.store.services.name && change.kind === "put")
      this.loop.wake(`${change.scope} ${change.id}`);
    if (change.collection !== this.ecs.engine.tasks.name) return;
    const { task_group: group, cluster } = change.values;
    if (typeof group !== "string" || !group.startsWith("service:") || typeof cluster !== "string") return;
    this.loop.wake(`${change.scope} ${cluster.split("/").at(-1)}/${group.slice("service:".length)}`);
  }

  /**
   * One round, in one transaction: what it read has not changed when it writes, and it is done as a whole or not at all.
   * @param key scope, space, cluster/service
   */
  private reconcile(key: string): Promise<number | undefined> {
    const [scope = "", id = ""] = key.split(" ");
    return this.ecs.transaction(() => this.round(scope, id));
  }

  private async round(scope: string, id: string): Promise<number | undefined> {
    const service = await this.ecs.store.services.get(scope, id);
    if (!service || service.status === "INACTIVE") return undefined;
    const tasks = await this.ecs.engine.tasks.list(parseScopeKey(scope), {
      where: { cluster: service.clusterArn, task_group: groupOf(service.serviceName), last_status: UNFINISHED },
    });
    if (service.status === "DRAINING") return await this.drain(service, tasks);
    return await this.keep(service, tasks);
  }

  private async drain(service: ServiceRecord, tasks: readonly TaskRecord[]): Promise<undefined> {
    for (const task of tasks) await this.stopTask(task, primaryOf(service).id);
    // What it last rolled out, or tried to, stays to be seen.
    const lastCompleted = service.lastCompleted ?? primaryOf(service);
    if (tasks.length) return undefined;
    const inactive: ServiceRecord = { ...service, status: "INACTIVE", deployments: [], lastCompleted };
    await removePorts(this.ecs, service, versionsOf(service), []);
    await this.save(inactive);
    return undefined;
  }

  /** Counts what ended since the last look. */
  private async withFailures(service: ServiceRecord): Promise<ServiceRecord> {
    const primary = primaryOf(service);
    const stopped = await this.ecs.engine.tasks.list(service.scope, {
      where: { started_by: primary.id, last_status: "STOPPED" },
      from: { stopped_at: primary.countedUntil - LATE_MS },
    });
    const counted = withEndedTasks(primary, stopped);
    if (counted === primary) return service;
    let next = withDeployment(service, counted);
    if (counted.startFailures > primary.startFailures) {
      const last = lastFailedStart(stopped);
      if (last) next = sayOnce(this.ecs, next, `was unable to place a task. Reason: ${last.stoppedReason}.`);
    }
    if (counted.startFailures >= 3 && primary.startFailures < 3)
      next = say(this.ecs, next, `is unable to consistently start tasks successfully. ${TROUBLESHOOTING}`);
    return next;
  }

  private async keep(found: ServiceRecord, tasks: readonly TaskRecord[]): Promise<number | undefined> {
    let service = withCircuitBreaker(this.ecs, await this.withFailures(found));
    const primary = primaryOf(service);
    const plan = planService({
      desiredCount: service.desiredCount,
      minimumHealthyPercent: service.minimumHealthyPercent,
      maximumPercent: service.maximumPercent,
      primaryId: primary.id,
      primaryMayStart: primary.rolloutState !== "FAILED",
      ...(primary.strategy ? { strategy: primary.strategy } : {}),
      nextStartAt: primary.nextStartAt,
      gracePeriodMs: service.healthCheckGracePeriodSeconds * 1000,
      healthyAfterMs: HEALTHY_AFTER_MS,
      tasks: tasks.map(planTask),
      now: this.ecs.clock.now(),
    });
    service = this.withProgress(service, tasks, plan);
    service = await this.applyStops(service, tasks, plan);
    const started = await this.applyStarts(service, tasks, plan);
    const left = versionsOf(started.service);
    const ended = versionsOf(found).filter(({ id }) => !left.some((one) => one.id === id));
    await removePorts(this.ecs, started.service, ended, left);
    if (started.service !== found) await this.save(started.service);
    const times = [plan.lookAgainAt, started.retryAt].filter((time) => time !== undefined);
    return times.length ? Math.min(...times) : undefined;
  }

  /** What the look at the tasks says about the deployments themselves. */
  private withProgress(service: ServiceRecord, tasks: readonly TaskRecord[], plan: Plan): ServiceRecord {
    const now = new Date(this.ecs.clock.now());
    const primary = primaryOf(service);
    let changed = primary;
    // A task that has become healthy ends the row of failures; one that stays healthy does not.
    if (plan.healthyCount > primary.healthyTasks) changed = { ...changed, failedTasks: 0, startFailures: 0 };
    if (plan.healthyCount !== primary.healthyTasks) changed = { ...changed, healthyTasks: plan.healthyCount };
    const digests = Object.keys(primary.imageDigests).length ? {} : resolvedDigests(tasks, primary.id);
    if (Object.keys(digests).length) changed = { ...changed, imageDigests: digests };
    const completes = plan.complete && primary.rolloutState === "IN_PROGRESS";
    if (completes)
      changed = {
        ...changed,
        rolloutState: "COMPLETED",
        rolloutStateReason: `ECS deployment ${primary.id} completed.`,
        updatedAt: now,
      };
    let next = changed === primary ? service : withDeployment(service, changed);
    const drained = next.deployments.filter(
      (deployment) => deployment.status === "PRIMARY" || tasks.some((task) => task.startedBy === deployment.id),
    );
    if (drained.length !== next.deployments.length) next = { ...next, deployments: drained };
    if (completes) {
      next = say(this.ecs, next, `(deployment ${primary.id}) deployment completed.`);
      next = { ...next, lastCompleted: changed };
    }
    if (plan.complete && !next.steady) next = { ...say(this.ecs, next, "has reached a steady state."), steady: true };
    else if (!plan.complete && next.steady && (plan.start > 0 || plan.stop.length > 0))
      next = { ...next, steady: false };
    if (plan.stuck)
      next = sayOnce(
        this.ecs,
        next,
        "was unable to stop or start tasks during a deployment because of the service deployment configuration. Update the minimumHealthyPercent or maximumPercent value and try again.",
      );
    if (plan.blocked)
      next = sayOnce(
        this.ecs,
        next,
        `was unable to reach steady state because task set (${primary.id}) was unable to scale in. Reason: The number of protected tasks are more than the desired count of tasks.`,
      );
    return next;
  }

  private async applyStops(service: ServiceRecord, tasks: readonly TaskRecord[], plan: Plan): Promise<ServiceRecord> {
    let next = service;
    const scaled = plan.stop
      .filter((one) => one.cause === "scaling")
      .map((one) => tasks.find((task) => task.taskId === one.taskId)!);
    for (const { taskId, cause } of plan.stop) {
      const task = tasks.find((one) => one.taskId === taskId)!;
      if (cause === "scaling") await this.stopTask(task, primaryOf(service).id);
      else if (cause === "maintenance")
        await this.ecs.engine.requestStop(
          task.scope,
          taskId,
          "ServiceSchedulerInitiated",
          retirementReason(service.serviceName),
        );
      else {
        await this.ecs.engine.requestStop(task.scope, taskId, "ServiceSchedulerInitiated", UNHEALTHY_REASON);
        next = say(this.ecs, next, `(task ${taskId}) failed container health checks.`);
      }
    }
    const running = scaled.filter((task) => task.lastStatus === "RUNNING");
    if (running.length)
      next = say(this.ecs, next, `has stopped ${running.length} running tasks: ${taskList(running)}.`);
    if (scaled.length > running.length)
      next = say(this.ecs, next, `stopped ${scaled.length - running.length} pending tasks.`);
    return next;
  }

  private async stopTask(task: TaskRecord, deploymentId: string): Promise<void> {
    if (task.desiredStatus === "RUNNING")
      await this.ecs.engine.requestStop(
        task.scope,
        task.taskId,
        "ServiceSchedulerInitiated",
        `Scaling activity initiated by (deployment ${deploymentId})`,
      );
  }

  private async applyStarts(
    service: ServiceRecord,
    tasks: readonly TaskRecord[],
    { start: count, capacityProviders }: Plan,
  ): Promise<{ service: ServiceRecord; retryAt: number | undefined }> {
    if (count === 0) return { service, retryAt: undefined };
    const primary = primaryOf(service);
    const started: TaskRecord[] = [];
    try {
      const definition = await findTaskDefinition(this.ecs, service.scope, primary.taskDefinition);
      if (!definition) throw new AwsError("ClientException", "TaskDefinition not found.");
      const problem = capacityProblem(definition.definition);
      if (problem) throw new AwsError("ClientException", problem.reason);
      await requireTaskRoles(this.ecs, service.scope, definition.definition).catch(asLaunchFailure);
      const subnets = await placement(this.ecs, service.scope, primary.network);
      const zones = spreadOverZones(
        [...new Set(subnets.map((subnet) => subnet.availabilityZone))],
        tasks.filter((task) => task.desiredStatus === "RUNNING").map((task) => ({ zone: task.eni.availabilityZone })),
        count,
      );
      const propagated =
        service.propagateTags === "SERVICE"
          ? service.tags
          : service.propagateTags === "TASK_DEFINITION"
            ? definition.tags
            : [];
      const managed = managedTags(service.enableECSManagedTags, service.clusterName, service.serviceName);
      const configured = configuredVolume(definition.definition, primary.volumeConfigurations);
      const logMode = await defaultLogMode(this.ecs, service.scope, rootArn(service.scope));
      for (const zone of zones) {
        const inZone = subnets.filter((subnet) => subnet.availabilityZone === zone);
        started.push(
          await launchTask(this.ecs, {
            scope: service.scope,
            clusterName: service.clusterName,
            clusterArn: service.clusterArn,
            definition: definition.definition,
            overrides: {},
            group: groupOf(service.serviceName),
            startedBy: primary.id,
            subnetId: inZone[started.length % inZone.length]!.subnetId,
            securityGroupIds: primary.network.securityGroups ?? [],
            assignPublicIp: primary.network.assignPublicIp ?? "DISABLED",
            platformVersion: primary.platformVersion,
            enableExecuteCommand: service.enableExecuteCommand,
            capacityProvider: capacityProviders[started.length],
            logMode,
            imageDigests: primary.imageDigests,
            discovery: { ...primary, serviceName: service.serviceName, deploymentId: primary.id },
            tags: mergeTags(propagated, managed),
            volume: configured && {
              ...configured,
              tags: volumeTags(configured, { definition: definition.tags, service: service.tags, managed }),
            },
          }),
        );
      }
    } catch (cause) {
      if (!(cause instanceof AwsError)) throw cause;
      const text =
        cause instanceof LaunchFailure
          ? `failed to launch a task with (error ${cause.message}).`
          : `was unable to place a task. Reason: ${cause.message}. ${TROUBLESHOOTING}`;
      const failed = sayOnce(this.ecs, service, text);
      return { service: this.sayStarted(failed, started), retryAt: this.ecs.clock.now() + PLACEMENT_RETRY_MS };
    }
    return { service: this.sayStarted(service, started), retryAt: undefined };
  }

  private sayStarted(service: ServiceRecord, started: readonly TaskRecord[]): ServiceRecord {
    return started.length
      ? say(this.ecs, service, `has started ${started.length} tasks: ${taskList(started)}.`)
      : service;
  }

  private async save(service: ServiceRecord): Promise<void> {
    await this.ecs.store.services.put(scopeKey(service.scope), serviceId(service), service);
  }
}

const serviceId = (service: ServiceRecord) => `${service.clusterName}/${service.serviceName}`;

const taskList = (tasks: readonly TaskRecord[]) => tasks.map((task) => `(task ${task.taskId})`).join(" ");

/** The digests that the first task of a deployment resolved its images to. */
function resolvedDigests(tasks: readonly TaskRecord[], deploymentId: string): Record<string, string> {
  const first = tasks.find(
    (task) => task.startedBy === deploymentId && task.containers.every((container) => container.image),
  );
  return Object.fromEntries(first?.containers.map((container) => [container.name, container.image!.digest]) ?? []);
}

/** A task as the planner sees it. */
function planTask(task: TaskRecord): PlanTask {
  const checked = task.containers.some(
    (container) => isEssential(task, container) && definitionOf(task, container).healthCheck,
  );
  const health = taskHealth(task);
  return {
    taskId: task.taskId,
    deploymentId: task.startedBy ?? "",
    zone: task.eni.availabilityZone,
    ...(task.capacityProvider === undefined ? {} : { capacityProvider: task.capacityProvider }),
    phase: task.desiredStatus === "STOPPED" ? "stopping" : task.lastStatus === "RUNNING" ? "running" : "pending",
    health: !checked ? "none" : health === "HEALTHY" ? "healthy" : health === "UNHEALTHY" ? "unhealthy" : "unknown",
    createdAt: task.createdAt.getTime(),
    startedAt: task.startedAt?.getTime(),
    ...(task.retireAt ? { retireAt: task.retireAt.getTime() } : {}),
    ...(task.protectedUntil ? { protectedUntil: task.protectedUntil.getTime() } : {}),
  };
}
