import type { Scope } from "../base/scope.ts";
import { scopeKey } from "../base/scope.ts";
import type { Collection, ListOptions, Stored } from "../store/collection.ts";
import type { Store } from "../store/store.ts";
import type { TaskObserver } from "./ports.ts";
import { UNFINISHED, type TaskRecord } from "./task-record.ts";

type TaskColumn =
  | "cluster"
  | "family"
  | "task_group"
  | "started_by"
  | "desired_status"
  | "last_status"
  | "client_token"
  | "address"
  | "stopped_at";

/** The stored tasks of all clusters, running and stopped. */
export class TaskStore {
  /** The collection's name, as the store's change feed says it. */
  readonly name = "ecs_task";
  /** Several writes at once; see Store.transaction. */
  readonly transaction: Store["transaction"];
  private readonly tasks: Collection<TaskRecord, TaskColumn>;
  private readonly observer: TaskObserver | undefined;
  /** A change, and what the observer writes of it; see Store.single. */
  private readonly single: Store["single"];

  constructor(store: Store, observer?: TaskObserver) {
    this.observer = observer;
    this.transaction = (work) => store.transaction(work);
    this.single = (work) => store.single(work);
    this.tasks = store.collection<TaskRecord, TaskColumn>({
      name: this.name,
      columns: {
        cluster: "text",
        family: "text",
        task_group: "text",
        started_by: "text",
        desired_status: "text",
        last_status: "text",
        client_token: "text",
        address: "text",
        stopped_at: "integer",
      },
      indexes: [
        ["scope", "cluster", "task_group", "started_by", "last_status", "desired_status"],
        ["scope", "cluster", "desired_status", "last_status"],
        // Those of ListTasks: in the order of ids a page is read without the rest.
        ["scope", "cluster", "desired_status"],
        ["scope", "cluster", "task_group", "desired_status"],
        ["scope", "cluster", "started_by", "desired_status"],
        ["scope", "cluster", "family", "desired_status"],
        ["scope", "started_by", "last_status", "stopped_at"],
        ["scope", "client_token"],
        ["address"],
        ["last_status", "desired_status", "stopped_at"],
      ],
      values: (task) => ({
        cluster: task.clusterArn,
        family: task.definition.family ?? null,
        task_group: task.group,
        started_by: task.startedBy ?? null,
        desired_status: task.desiredStatus,
        last_status: task.lastStatus,
        client_token: task.request?.clientToken ?? null,
        address: addressKey(task.eni.vpcId, task.eni.privateIp),
        stopped_at: task.stoppedAt?.getTime() ?? null,
      }),
    });
  }

  async insert(task: TaskRecord): Promise<void> {
    await this.single(async () => {
      await this.tasks.insert(scopeKey(task.scope), task.taskId, task);
      await this.observer?.changed(task);
    });
  }

  get(scope: Scope, taskId: string): Promise<TaskRecord | undefined> {
    return this.tasks.get(scopeKey(scope), taskId);
  }

  /**
   * The task that has not ended and whose interface has the private IPv4 address. One that is about to end has given its
   * address back, and it may be another's already: the newest has it.
   */
  async atAddress(vpcId: string, privateIp: string): Promise<TaskRecord | undefined> {
    const where = { address: addressKey(vpcId, privateIp), last_status: UNFINISHED };
    const tasks = (await this.tasks.listAll({ where })).map(({ document }) => document);
    return tasks.toSorted((a, b) => b.createdAt.getTime() - a.createdAt.getTime())[0];
  }

  list(scope: Scope, options: ListOptions<TaskColumn>): Promise<TaskRecord[]> {
    return this.tasks.list(scopeKey(scope), options);
  }

  listIds(
    scope: Scope,
    where: ListOptions<TaskColumn>["where"],
    part?: Pick<ListOptions<TaskColumn>, "after" | "limit">,
  ): Promise<string[]> {
    return this.tasks.listIds(scopeKey(scope), where, part);
  }

  count(scope: Scope, where: ListOptions<TaskColumn>["where"]): Promise<number> {
    return this.tasks.count(scopeKey(scope), where);
  }

  /** Counts of a service's tasks per deployment (`started_by`) and status. */
  countByDeployment(scope: Scope, clusterArn: string, group: string) {
    return this.tasks.countBy(scopeKey(scope), { cluster: clusterArn, task_group: group }, [
      "started_by",
      "last_status",
      "desired_status",
    ]);
  }

  /** Counts of all accounts' and Regions' tasks per status. */
  countAll() {
    return this.tasks.countAllBy({ last_status: UNFINISHED }, ["last_status", "desired_status"]);
  }

  /** Counts of a cluster's tasks per status. */
  countByStatus(scope: Scope, clusterArn: string) {
    return this.tasks.countBy(scopeKey(scope), { cluster: clusterArn }, ["last_status", "desired_status"]);
  }

  /** The tasks of every account and Region, for the engine itself. */
  listAll(where: ListOptions<TaskColumn>["where"]): Promise<Stored<TaskRecord>[]> {
    return this.tasks.listAll({ where });
  }

  /** Changes one task and counts its version up. Returns it as it then is, or `undefined` when it is gone. */
  update(
    scope: Scope,
    taskId: string,
    change: (task: TaskRecord) => TaskRecord | undefined,
  ): Promise<TaskRecord | undefined> {
    return this.single(async () => {
      let before: TaskRecord | undefined;
      const after = await this.tasks.update(scopeKey(scope), taskId, (task) => {
        const changed = change(task);
        before = changed && task;
        return changed && { ...changed, version: task.version + 1 };
      });
      if (before && after) await this.observer?.changed(after, before);
      return after;
    });
  }

  /** Forgets all tasks that had stopped by then, milliseconds since 1970. */
  deleteStoppedUntil(time: number): Promise<void> {
    return this.tasks.deleteAll({ where: { last_status: "STOPPED" }, to: { stopped_at: time } });
  }
}

/** Addresses are unique inside a VPC, and VPC ids over scopes. */
function addressKey(vpcId: string, privateIp: string): string {
  return `${vpcId}/${privateIp}`;
}
