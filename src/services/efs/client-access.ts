import type { EFSVolumeConfiguration } from "@aws-sdk/client-ecs";
import type { Clock } from "../../base/clock.ts";
import { AccessDenied, type Authorizer } from "../../identity/authorization.ts";
import type { Caller } from "../../identity/caller.ts";
import { anonymousPrincipal } from "../../identity/principal.ts";
import type { TaskRecord } from "../../tasks/task-record.ts";
import type { TaskRoles } from "../../tasks/task-role.ts";
import { check } from "../../wire/checks.ts";
import { fileSystemResource } from "./authorization.ts";
import type { Efs } from "./efs.ts";
import { resourceArn } from "./identifiers.ts";

/** What a client of a file system may do. */
export interface ClientRights {
  mount: boolean;
  write: boolean;
  root: boolean;
}

const ALL: ClientRights = { mount: true, write: true, root: true };

/** What is there only once all services are. */
interface Deciders {
  authorizer: Authorizer;
  roles: Pick<TaskRoles, "taskCaller">;
}

/**
 * What tasks may do with file systems that have a policy; to one without, every client may do everything.
 * https://docs.aws.amazon.com/efs/latest/ug/iam-access-control-nfs-efs.html
 */
export class ClientAccess {
  private readonly efs: Efs;
  private readonly clock: Clock;
  private deciders: Deciders | undefined;

  constructor(efs: Efs, clock: Clock) {
    this.efs = efs;
    this.clock = clock;
  }

  /** To be called before any task is run. */
  use(deciders: Deciders): void {
    this.deciders = deciders;
  }

  /** A task is its role where its volume wants that, and nobody in particular otherwise. */
  async rightsOf(task: TaskRecord, volume: EFSVolumeConfiguration): Promise<ClientRights> {
    const resource = fileSystemResource(this.efs, task.scope, volume.fileSystemId!);
    if ((await resource.policy?.()) === undefined) return ALL;
    const caller = await this.callerOf(task, volume);
    if (!caller) return { mount: false, write: false, root: false };
    const point = volume.authorizationConfig?.accessPointId;
    const conditions = {
      "elasticfilesystem:AccessedViaMountTarget": "true",
      ...(point ? { "elasticfilesystem:AccessPointArn": resourceArn(task.scope, "access-point", point) } : {}),
    };
    const may = async (action: string) => {
      try {
        await this.deciders!.authorizer.authorize(caller, [check(action, resource, { conditions })]);
        return true;
      } catch (cause) {
        if (cause instanceof AccessDenied) return false;
        throw cause;
      }
    };
    return {
      mount: await may("elasticfilesystem:ClientMount"),
      write: await may("elasticfilesystem:ClientWrite"),
      root: await may("elasticfilesystem:ClientRootAccess"),
    };
  }

  /** @returns `undefined` when the role is not there or does not trust tasks */
  private async callerOf(task: TaskRecord, volume: EFSVolumeConfiguration): Promise<Caller | undefined> {
    const at = this.clock.now();
    const connection = {
      region: task.scope.region,
      sourceIp: task.eni.privateIp,
      secureTransport: volume.transitEncryption === "ENABLED",
      at,
    };
    if (volume.authorizationConfig?.iam !== "ENABLED")
      return { ...connection, principal: anonymousPrincipal(task.scope.account) };
    const role = await this.deciders!.roles.taskCaller(task, at);
    return role && { ...connection, principal: role.principal };
  }
}
