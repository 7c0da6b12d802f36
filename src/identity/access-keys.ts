import type { AccessKey, AccessKeyLookup } from "./access-key.ts";
import { currentPrincipal, type PrincipalSources } from "./current-principal.ts";
import type { IdentityDirectory } from "./directory.ts";
import type { Principal } from "./principal.ts";
import type { Sessions } from "./sessions.ts";
import type { KeyUse } from "./signature-authenticator.ts";

/** Where access keys come from. */
export interface AccessKeySources extends PrincipalSources {
  /** The root user's, which may be changed while the engine runs. */
  root(): AccessKey;
  directory: Pick<IdentityDirectory, "userKey" | "role" | "user">;
  sessions: Sessions;
}

/**
 * Finds keys for those who check signatures: the root user's, users' and those of sessions. A key that is inactive, or
 * whose user, role or task is gone, is none.
 */
export function accessKeys(sources: AccessKeySources): AccessKeyLookup {
  return async (accessKeyId, sessionToken) => {
    const root = sources.root();
    if (accessKeyId === root.accessKeyId) return root;
    return sessionToken === undefined
      ? await userKey(sources, accessKeyId)
      : await sessionKey(sources, accessKeyId, sessionToken);
  };
}

async function userKey({ directory }: AccessKeySources, accessKeyId: string): Promise<AccessKey | undefined> {
  const key = await directory.userKey(accessKeyId);
  if (!key?.active) return undefined;
  const { secretAccessKey, accountId, userArn, userId, userName } = key;
  return {
    accessKeyId,
    secretAccessKey,
    principal: { type: "User", accountId, arn: userArn, userId, userName, accessKeyId },
  };
}

async function sessionKey(
  sources: AccessKeySources,
  accessKeyId: string,
  sessionToken: string,
): Promise<AccessKey | undefined> {
  const key = sources.sessions.find(accessKeyId, sessionToken)?.key;
  const principal = key && (await currentPrincipal(sources, key.principal));
  return key && principal && { ...key, principal };
}

/** Notes with the directory what was signed with: a key of long standing, or a role's session. */
export function noteUse(
  directory: Pick<IdentityDirectory, "keyUsed" | "roleUsed">,
): (principal: Principal, use: KeyUse) => void {
  return (principal, { service, region, at }) => {
    if (principal.type === "AssumedRole") directory.roleUsed(principal.roleArn, { service, region, at });
    else if (principal.type !== "Anonymous" && !principal.session)
      directory.keyUsed(principal.accessKeyId, { service, region, at });
  };
}
