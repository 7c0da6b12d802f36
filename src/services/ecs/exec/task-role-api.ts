import type { Clock } from "../../../base/clock.ts";
import type { Scope } from "../../../base/scope.ts";
import { AccessDenied, type Authorizer } from "../../../identity/authorization.ts";
import type { TaskRecord } from "../../../tasks/task-record.ts";
import type { TaskRoles } from "../../../tasks/task-role.ts";
import { check } from "../../../wire/checks.ts";
import type { OperationInput, OperationName, OperationOutput } from "../../../wire/handlers.ts";
import type { Invoke } from "../../../wire/invoke.ts";
import type { ServiceDefinition } from "../../../wire/service.ts";

/** What the agent in a container asks of Systems Manager: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html */
const CHANNEL_ACTIONS = [
  "ssmmessages:CreateControlChannel",
  "ssmmessages:OpenControlChannel",
  "ssmmessages:CreateDataChannel",
  "ssmmessages:OpenDataChannel",
];

export interface TaskRoleApiParts {
  services: readonly ServiceDefinition[];
  invoke: Invoke;
  authorizer: Authorizer;
  roles: Pick<TaskRoles, "taskCaller">;
  clock: Pick<Clock, "now">;
}

/** AWS as ECS Exec's agent in a container finds it: with the rights of the task's own role. */
export class TaskRoleApi {
  private readonly parts: TaskRoleApiParts;

  constructor(parts: TaskRoleApiParts) {
    this.parts = parts;
  }

  /** Whether the role lets the agent connect. */
  async mayConnect(task: TaskRecord): Promise<boolean> {
    const { roles, authorizer, clock } = this.parts;
    const caller = await roles.taskCaller(task, clock.now());
    if (!caller) return false;
    try {
      await authorizer.authorize(
        caller,
        CHANNEL_ACTIONS.map((action) => check(action)),
      );
      return true;
    } catch (cause) {
      if (cause instanceof AccessDenied) return false;
      throw cause;
    }
  }

  /**
   * Calls an operation of a service by name.
   * @throws CallFailure
   */
  async call<Sdk extends object, Name extends OperationName<Sdk>>(
    task: TaskRecord,
    scope: Scope,
    service: string,
    operation: Name,
    input: OperationInput<Sdk, Name>,
  ): Promise<OperationOutput<Sdk, Name>> {
    const { services, invoke, roles, clock } = this.parts;
    const definition = services.find(({ statics }) => statics.name === service);
    const caller = await roles.taskCaller(task, clock.now());
    if (!definition || !caller) throw new Error(`there is no ${definition ? "role to act as" : `service ${service}`}`);
    return await invoke<Sdk, Name>(definition, operation, input, { ...caller, region: scope.region }, scope);
  }
}
