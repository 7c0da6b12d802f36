import type { Clock } from "../../base/clock.ts";
import { AwsError } from "../../base/errors.ts";
import type { Ids } from "../../base/ids.ts";
import type { Scope } from "../../base/scope.ts";
import { AccessDenied, type Authorizer } from "../../identity/authorization.ts";
import type { Caller } from "../../identity/caller.ts";
import { embeddedReference, InvalidReferenceError, parseImageReference } from "../../registry/reference.ts";
import type { CloudWatchTarget } from "../../tasks/log-route.ts";
import { ExecutionRoleError, NO_ROLE, type ExecutionRole, type LogAction } from "../../tasks/ports.ts";
import type { TaskRecord } from "../../tasks/task-record.ts";
import { executionRoleArn, type TaskRoles } from "../../tasks/task-role.ts";
import type { CallObserver, FinishedCall } from "../../wire/calls.ts";
import { denialAnswer } from "../../wire/denials.ts";
import { CallFailure, type Invoke } from "../../wire/invoke.ts";
import type { ServiceDefinition } from "../../wire/service.ts";
import { unableToAssume } from "./roles.ts";

type SecretsManager = typeof import("@aws-sdk/client-secrets-manager");
type SystemsManager = typeof import("@aws-sdk/client-ssm");

/** What is there only once all services are. */
export interface ExecutionRoleApi {
  services: readonly ServiceDefinition[];
  invoke: Invoke;
  authorizer: Authorizer;
  observer: CallObserver;
  roles: Pick<TaskRoles, "executionCaller">;
}

export interface EcsExecutionRoleParts {
  /** Of the embedded registry. */
  port: number;
  /** Whether anybody needs rights. */
  enforced: boolean;
  clock: Clock;
  ids: Ids;
}

/**
 * The services of this engine as the execution roles of tasks may use them: by their API, and, where the engine does the
 * work itself, by the rights that the API would ask for.
 */
export class EcsExecutionRole implements ExecutionRole {
  private readonly parts: EcsExecutionRoleParts;
  private api: ExecutionRoleApi | undefined;

  constructor(parts: EcsExecutionRoleParts) {
    this.parts = parts;
  }

  /** To be called before any task is run. */
  use(api: ExecutionRoleApi): void {
    this.api = api;
  }

  async secretValue(
    task: TaskRecord,
    { secretId, region, versionId, versionStage }: Parameters<ExecutionRole["secretValue"]>[1],
  ): Promise<string | undefined> {
    const input = { SecretId: secretId, VersionId: versionId, VersionStage: versionStage };
    const { invoke } = this.api!;
    const { SecretString } = await this.called(task, region, (caller, scope) =>
      invoke<SecretsManager, "GetSecretValue">(this.service("secretsmanager"), "GetSecretValue", input, caller, scope),
    );
    return SecretString;
  }

  async parameters(
    task: TaskRecord,
    region: string,
    names: readonly string[],
  ): Promise<{ values: ReadonlyMap<string, string>; invalid: readonly string[] }> {
    const input = { Names: [...names], WithDecryption: true };
    const { invoke } = this.api!;
    const { Parameters = [], InvalidParameters = [] } = await this.called(task, region, (caller, scope) =>
      invoke<SystemsManager, "GetParameters">(this.service("ssm"), "GetParameters", input, caller, scope),
    );
    const found = names.flatMap((name): [string, string][] => {
      const parameter = Parameters.find(({ Name, ARN }) => name === Name || name === ARN);
      return parameter ? [[name, parameter.Value ?? ""]] : [];
    });
    return { values: new Map(found), invalid: InvalidParameters };
  }

  async authorizeRegistry(task: TaskRecord, image: string): Promise<void> {
    if (this.repositoryOf(task, image) && executionRoleArn(task) !== undefined)
      await this.authorize(task, task.scope.region, "ecr", [["GetAuthorizationToken", {}]]);
  }

  async authorizeImage(task: TaskRecord, image: string): Promise<void> {
    const repository = this.repositoryOf(task, image);
    if (!repository) return;
    const input = { registryId: repository.scope.account, repositoryName: repository.repository };
    await this.authorize(task, repository.scope.region, "ecr", [
      ["BatchGetImage", input],
      ["GetDownloadUrlForLayer", input],
    ]);
  }

  async authorizeLogs(
    action: LogAction,
    { task, group, stream, scope }: CloudWatchTarget,
    work: () => Promise<void> = async () => {},
  ): Promise<void> {
    if (!task) return await work();
    const input = { logGroupName: group, ...(action === "logs:CreateLogGroup" ? {} : { logStreamName: stream }) };
    await this.authorize(task, scope.region, "logs", [[action.slice("logs:".length), input]], work);
  }

  async authorizeObject(task: TaskRecord, { bucket, key }: { bucket: string; key: string }): Promise<void> {
    await this.authorize(task, task.scope.region, "s3", [
      ["GetBucketLocation", { Bucket: bucket }],
      ["GetObject", { Bucket: bucket, Key: key }],
    ]);
  }

  /** The embedded registry's repository that an image means, if it does. */
  private repositoryOf({ scope }: TaskRecord, image: string): { scope: Scope; repository: string } | undefined {
    try {
      return embeddedReference(parseImageReference(image), { port: this.parts.port, scope });
    } catch (cause) {
      if (cause instanceof InvalidReferenceError) return undefined; // that is the puller's to say
      throw cause;
    }
  }

  private service(name: string): ServiceDefinition {
    const found = this.api!.services.find(({ statics }) => statics.name === name);
    if (!found) throw new Error(`there is no service ${name}`);
    return found;
  }

  /** Asks for what a caller of operations with such inputs needs, and does what they come to. Each is on record. */
  private async authorize(
    task: TaskRecord,
    region: string,
    name: string,
    operations: readonly [operation: string, input: object][],
    work: () => Promise<void> = async () => {},
  ): Promise<void> {
    if (!this.parts.enforced) return await work();
    const service = this.service(name);
    await this.called(task, region, async (caller, scope) => {
      const context = { scope, caller, principal: caller.principal };
      for (const [operation, input] of operations)
        await this.recorded({ service, operation, input, caller, scope }, async () => {
          await this.api!.authorizer.authorize(caller, await service.requirements(operation, input, context));
          await work();
        });
    });
  }

  /** Does what a call comes to, and tells the observer of it. */
  private async recorded(
    {
      service,
      ...call
    }: Pick<FinishedCall, "operation" | "input" | "scope"> & {
      service: ServiceDefinition;
      caller: Caller;
    },
    work: () => Promise<void>,
  ): Promise<void> {
    const { clock, ids } = this.parts;
    const { model } = await service.load();
    const { statics } = service;
    const finished = {
      ...call,
      requestId: ids.uuid(),
      at: clock.now(),
      service: statics,
      model: model.operation(call.operation),
      ...(call.caller.userAgent === undefined ? {} : { userAgent: call.caller.userAgent }),
      output: undefined,
    };
    try {
      await work();
      this.api!.observer.called(finished);
    } catch (cause) {
      const told = cause instanceof AccessDenied ? denialAnswer(cause, statics.protocols[0]!) : cause;
      if (told instanceof AwsError) {
        const error = { code: told.code, message: told.message, status: told.status ?? 400 };
        this.api!.observer.called({ ...finished, error });
      }
      throw cause;
    }
  }

  private async called<T>(
    task: TaskRecord,
    region: string,
    work: (caller: Caller, scope: Scope) => Promise<T>,
  ): Promise<T> {
    const { clock, ids } = this.parts;
    const caller = await this.api!.roles.executionCaller(task, clock.now());
    if (!caller) throw new ExecutionRoleError(NO_ROLE, unableToAssume(executionRoleArn(task)), 400, ids.uuid());
    try {
      return await work({ ...caller, region }, { account: task.scope.account, region });
    } catch (cause) {
      if (cause instanceof AccessDenied)
        throw new ExecutionRoleError("AccessDeniedException", cause.message, 400, ids.uuid());
      if (!(cause instanceof AwsError)) throw cause;
      const requestId = cause instanceof CallFailure ? cause.requestId : ids.uuid();
      throw new ExecutionRoleError(cause.code, cause.message, cause.status ?? 400, requestId);
    }
  }
}
