import type { AgentState, ExecAgents } from "../../../tasks/ports.ts";
import { definitionOf, type ContainerRecord, type TaskRecord } from "../../../tasks/task-record.ts";
import type { TaskRoleApi } from "./task-role-api.ts";

/**
 * ECS Exec's agents, as far as there are any: nothing runs in a container but the programs of sessions. What would keep
 * AWS's agent from running or connecting keeps sessions from that container.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html
 */
export class EcsExecAgents implements ExecAgents {
  private api: TaskRoleApi | undefined;

  /** To be called before any task is run. */
  use(api: TaskRoleApi): void {
    this.api = api;
  }

  async state(task: TaskRecord, container: ContainerRecord): Promise<AgentState> {
    if (definitionOf(task, container).readonlyRootFilesystem)
      return { lastStatus: "STOPPED", reason: "ExecuteCommandAgent cannot be restarted" };
    return { lastStatus: (await this.api!.mayConnect(task)) ? "RUNNING" : "PENDING" };
  }
}
