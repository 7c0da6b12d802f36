import { createHash } from "node:crypto";
import type { Failure, RunTaskRequest, RunTaskResponse, TaskOverride } from "@aws-sdk/client-ecs";
import { AwsError } from "../../../base/errors.ts";
import { scopeKey } from "../../../base/scope.ts";
import { spreadOverZones } from "../../../control/service-plan.ts";
import { taskView, type TaskRecord } from "../../../tasks/task-record.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { clusterToUse } from "../clusters.ts";
import type { Ecs } from "../ecs.ts";
import { clientError, invalidParameter } from "../errors.ts";
import { requireFargate, resolvePlatform } from "../fargate.ts";
import { launchTask, managedTags } from "../launch.ts";
import { checkNetwork } from "../network-configuration.ts";
import { checkOverrides } from "../overrides.ts";
import { refuseUnsupported } from "../supported.ts";
import { checkTags, mergeTags } from "../tags.ts";
import { findTaskDefinition } from "../task-definition/find.ts";

const MAX_COUNT = 10;

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html */
export function runTask(ecs: Ecs) {
  return async (input: RunTaskRequest, { scope }: RequestContext): Promise<RunTaskResponse> => {
    refuseUnsupported(input, [
      "cluster",
      "clientToken",
      "count",
      "enableECSManagedTags",
      "group",
      "launchType",
      "networkConfiguration",
      "overrides",
      "platformVersion",
      "propagateTags",
      "referenceId",
      "startedBy",
      "tags",
      "taskDefinition",
    ]);
    const count = input.count ?? 1;
    if (count < 1 || count > MAX_COUNT) throw invalidParameter("Tasks provided in a batch cannot be more than 10");
    if ((input.startedBy?.length ?? 0) > 128) throw invalidParameter("startedBy can have at most 128 characters.");
    if (input.group?.startsWith("service:")) throw invalidParameter("Invalid namespace for group.");
    const cluster = await clusterToUse(ecs, scope, input.cluster);
    const found = await findTaskDefinition(ecs, scope, input.taskDefinition!);
    if (!found) throw clientError("TaskDefinition not found.");
    if (found.definition.status !== "ACTIVE") throw clientError("TaskDefinition is inactive");
    requireFargate(input.launchType, found.definition);
    const platformVersion = resolvePlatform(input.platformVersion);
    const { network, subnets } = await checkNetwork(ecs, scope, input.networkConfiguration);
    const overrides: TaskOverride = checkOverrides(input.overrides, found.definition);
    const tags = mergeTags(
      checkTags(input.tags),
      input.propagateTags === "TASK_DEFINITION" ? found.tags : [],
      managedTags(input.enableECSManagedTags, cluster.clusterName),
    );

    const launch = async (): Promise<{ tasks: TaskRecord[]; failures: Failure[] }> => {
      const zones = spreadOverZones([...new Set(subnets.map((subnet) => subnet.availabilityZone))], [], count);
      const tasks: TaskRecord[] = [];
      const failures: Failure[] = [];
      for (const zone of zones) {
        const inZone = subnets.filter((subnet) => subnet.availabilityZone === zone);
        try {
          tasks.push(
            await launchTask(ecs, {
              scope,
              clusterName: cluster.clusterName,
              clusterArn: cluster.clusterArn,
              definition: found.definition,
              overrides,
              group: input.group ?? `family:${found.definition.family}`,
              startedBy: input.startedBy,
              subnetId: inZone[tasks.length % inZone.length]!.subnetId,
              securityGroupIds: network.securityGroups ?? [],
              assignPublicIp: network.assignPublicIp ?? "DISABLED",
              platformVersion,
              tags,
            }),
          );
        } catch (cause) {
          if (!(cause instanceof AwsError)) throw cause;
          failures.push({ reason: "RESOURCE:ENI", detail: cause.message });
        }
      }
      return { tasks, failures };
    };

    const { tasks, failures } = await ecs.transaction(() =>
      input.clientToken === undefined ? launch() : once(ecs, scopeKey(scope), cluster.clusterName, input, launch),
    );
    return { tasks: tasks.map((task) => taskView(task, { tags: true })), failures };
  };
}

/** Launches for the first request with a client token; a repetition is answered with the same tasks. */
async function once(
  ecs: Ecs,
  scope: string,
  clusterName: string,
  input: RunTaskRequest,
  launch: () => Promise<{ tasks: TaskRecord[]; failures: Failure[] }>,
): Promise<{ tasks: TaskRecord[]; failures: Failure[] }> {
  const id = `${clusterName}/${input.clientToken}`;
  const fingerprint = createHash("sha256").update(JSON.stringify(input)).digest("hex");
  const earlier = await ecs.store.clientTokens.get(scope, id);
  if (earlier) {
    if (earlier.fingerprint !== fingerprint)
      throw new AwsError("ConflictException", "The request conflicts with an earlier one that has the same clientToken.");
    const [account = "", region = ""] = scope.split("/");
    const tasks = await Promise.all(earlier.taskIds.map((taskId) => ecs.engine.tasks.get({ account, region }, taskId)));
    return { tasks: tasks.filter((task) => task !== undefined), failures: [] };
  }
  const launched = await launch();
  await ecs.store.clientTokens.insert(scope, id, {
    fingerprint,
    taskIds: launched.tasks.map((task) => task.taskId),
    createdAt: new Date(ecs.clock.now()),
  });
  return launched;
}
