import type { Scope } from "../base/scope.ts";
import type { IdentityDirectory } from "./directory.ts";
import type { Principal } from "./principal.ts";

/** Who knows whether somebody is still there. */
export interface PrincipalSources {
  directory: Pick<IdentityDirectory, "role" | "user">;
  taskLives(scope: Scope, taskId: string): Promise<boolean>;
  /** False: roles count also when they are not there. */
  rolesExist: boolean;
}

/**
 * Who somebody is now: ids stay and names do not. Whoever is made anew under an old name is somebody else.
 * @returns `undefined` when the user, the role or the task whose role it is is gone
 */
export async function currentPrincipal(
  { directory, taskLives, rolesExist }: PrincipalSources,
  principal: Principal,
): Promise<Principal | undefined> {
  switch (principal.type) {
    case "AssumedRole": {
      const { task, accountId, roleArn, roleId } = principal;
      if (task && !(await taskLives({ account: accountId, region: task.region }, task.taskId))) return undefined;
      const isThere = !rolesExist || (await directory.role({ arn: roleArn }))?.id === roleId;
      return isThere ? principal : undefined;
    }
    case "User": {
      const { accountId, userId, arn } = principal;
      const user = await directory.user(accountId, userId);
      if (!user) return undefined;
      return user.arn === arn ? principal : { ...principal, arn: user.arn, userName: user.name };
    }
    default:
      return principal;
  }
}
