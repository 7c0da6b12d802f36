import type { ExecuteCommandRequest, ExecuteCommandResponse } from "@aws-sdk/client-ecs";
import type { ContainerRecord, TaskRecord } from "../../../tasks/task-record.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { activeCluster } from "../clusters.ts";
import type { Ecs } from "../ecs.ts";
import { execNotEnabled, invalidParameter, targetNotConnected } from "../errors.ts";
import { MAX_SESSIONS_PER_CONTAINER } from "../exec/exec-sessions.ts";
import { sessionLogs } from "../exec/log-settings.ts";
import { shellWords, ShellWordsError } from "../exec/shell-words.ts";
import { findTask } from "../task-reference.ts";

/** What runs when the command says nothing. */
const SHELL = "sh";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ExecuteCommand.html */
export function executeCommand(ecs: Ecs) {
  return async (input: ExecuteCommandRequest, { scope, host }: RequestContext): Promise<ExecuteCommandResponse> => {
    const cluster = await activeCluster(ecs, scope, input.cluster);
    const task = await findTask(ecs, scope, cluster, input.task!);
    if (!task) throw invalidParameter("The referenced task was not found.");
    if (!input.interactive) throw invalidParameter("Interactive is the only mode supported currently.");
    const container = await connected(ecs, task, containerOf(task, input.container));
    if (ecs.exec.count(container.id) >= MAX_SESSIONS_PER_CONTAINER) throw targetNotConnected();
    const session = ecs.exec.create({
      task,
      container,
      command: commandOf(input.command!),
      host,
      logs: sessionLogs(cluster.configuration?.executeCommandConfiguration, task, container),
    });
    return {
      clusterArn: cluster.clusterArn,
      containerArn: container.containerArn,
      containerName: container.name,
      interactive: true,
      session,
      taskArn: task.taskArn,
    };
  };
}

/** The container of a name, or the only one. @throws AwsError InvalidParameterException */
function containerOf(task: TaskRecord, name: string | undefined): ContainerRecord {
  if (!name && task.containers.length > 1)
    throw invalidParameter("A container name must be specified for tasks containing multiple containers.");
  const container = task.containers.find((one) => !name || one.name === name);
  if (!container)
    throw invalidParameter(
      "Unable to start session because the container doesn’t exist. Specify a valid container name and try again.",
    );
  return container;
}

/**
 * The container when sessions reach into it. Its agent tries again to connect: a role may have got its rights since.
 * @throws AwsError InvalidParameterException, TargetNotConnectedException
 */
async function connected(ecs: Ecs, task: TaskRecord, container: ContainerRecord): Promise<ContainerRecord> {
  const { id, phase, execAgent } = container;
  const runs = phase === "RUNNING" && task.lastStatus !== "DEPROVISIONING";
  if (!task.enableExecuteCommand || !runs || !execAgent) throw execNotEnabled();
  const { lastStatus } = await ecs.execAgents.state(task, container);
  if (lastStatus !== "RUNNING") throw targetNotConnected();
  if (execAgent.lastStatus !== "RUNNING")
    await ecs.engine.tasks.update(task.scope, task.taskId, (current) => ({
      ...current,
      containers: current.containers.map((one) =>
        one.id === id && one.execAgent
          ? { ...one, execAgent: { ...one.execAgent, lastStatus, startedAt: new Date(ecs.clock.now()) } }
          : one,
      ),
    }));
  return container;
}

/** @throws AwsError InvalidParameterException */
function commandOf(command: string): string[] {
  try {
    const words = shellWords(command);
    return words.length ? words : [SHELL];
  } catch (cause) {
    if (cause instanceof ShellWordsError) throw invalidParameter(`Failed to parse commands input: ${cause.message}`);
    throw cause;
  }
}
