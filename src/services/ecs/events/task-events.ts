import type { Attachment, Container } from "@aws-sdk/client-ecs";
import { formatArn } from "../../../base/arn.ts";
import type { TaskObserver } from "../../../tasks/ports.ts";
import { taskView, type TaskRecord } from "../../../tasks/task-record.ts";
import type { Ecs } from "../ecs.ts";
import { publishServiceAction } from "./service-events.ts";

/**
 * Tells each change of a task's state, in its transaction, as `ECS Task State Change`. Spot interruptions are told by no
 * other event: a task with that stop code still runs. Also tells of a service's tasks that others find unhealthy.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_task_events.html
 */
export class TaskEvents implements TaskObserver {
  private readonly parts: Pick<Ecs, "events" | "clock">;

  constructor(parts: Pick<Ecs, "events" | "clock">) {
    this.parts = parts;
  }

  async changed(task: TaskRecord, before?: TaskRecord): Promise<void> {
    if (!before || isStateChange(before, task)) await this.publishTask(task);
    if (before?.presence === "HEALTHY" && task.presence === "UNHEALTHY") await this.publishUnhealthy(task);
  }

  private async publishTask(task: TaskRecord): Promise<void> {
    const { events, clock } = this.parts;
    const time = new Date(clock.now());
    await events.publish(task.scope, {
      source: "aws.ecs",
      detailType: "ECS Task State Change",
      resources: [task.taskArn],
      detail: taskStateChange(task, time),
      time,
    });
  }

  /** Whose Cloud Map instances tell the task's health. */
  private async publishUnhealthy({ scope, taskArn, clusterArn, group, registrations = [] }: TaskRecord): Promise<void> {
    const registries = registrations.filter(({ health }) => health === "reported");
    const serviceName = /^service:(.+)$/.exec(group)?.[1];
    if (!registries.length || serviceName === undefined) return;
    const clusterName = clusterArn.split("/").at(-1);
    const serviceArn = formatArn("ecs", scope, `service/${clusterName}/${serviceName}`);
    await publishServiceAction(
      this.parts,
      { scope, serviceArn, clusterArn },
      {
        eventName: "SERVICE_DISCOVERY_INSTANCE_UNHEALTHY",
        serviceRegistryArns: registries.map(({ serviceId }) =>
          formatArn("servicediscovery", scope, `service/${serviceId}`),
        ),
        taskArns: [taskArn],
      },
    );
  }
}

/**
 * Whether a change of the record is one of the task's state, or of its containers' and attachments'. Health is none of
 * them, nor is what the engine notes down for itself.
 */
export function isStateChange(before: TaskRecord, after: TaskRecord): boolean {
  return (
    before.lastStatus !== after.lastStatus ||
    before.desiredStatus !== after.desiredStatus ||
    before.proxy?.running !== after.proxy?.running ||
    isAttached(before) !== isAttached(after) ||
    after.containers.some((container, index) => {
      const was = before.containers[index];
      return was?.phase !== container.phase || was.execAgent?.lastStatus !== container.execAgent?.lastStatus;
    })
  );
}

function isAttached({ ebsVolume, volumeSources }: TaskRecord): boolean {
  return ebsVolume !== undefined && volumeSources?.[ebsVolume.name] !== undefined;
}

/**
 * The `detail` of an `ECS Task State Change`: the task as DescribeTasks shows it but for health, tags and a few members
 * that have other names or are not in events.
 * @param updatedAt when it became so
 */
export function taskStateChange(task: TaskRecord, updatedAt: Date) {
  const {
    tags: _tags,
    platformFamily: _family,
    fargateEphemeralStorage: _storage,
    attachments = [],
    containers = [],
    overrides,
    ...shown
  } = taskView(task, { tags: false, health: false });
  const { inferenceAcceleratorOverrides: _accelerators, ...overridden } = overrides ?? {};
  return {
    ...shown,
    attachments: attachments.map(toldAttachment),
    containers: containers.map(toldContainer),
    overrides: overridden,
    updatedAt,
  };
}

function toldAttachment(attachment: Attachment): Attachment {
  return attachment.type === "ElasticNetworkInterface" ? { ...attachment, type: "eni" } : attachment;
}

function toldContainer({ networkBindings: _bindings, managedAgents, ...container }: Container) {
  const agents = managedAgents?.map(({ lastStatus: status, ...agent }) => ({ ...agent, status }));
  return { ...container, ...(agents ? { managedAgents: agents } : {}) };
}
