import type { AssumedRoleUser, Credentials } from "@aws-sdk/client-sts";
import { parseArn } from "../../base/arn.ts";
import type { RoleFacts } from "../../identity/directory.ts";
import { rolePrincipal, type SessionFacts } from "../../identity/principal.ts";
import { madeUpRoleId } from "../../identity/service-roles.ts";
import type { SessionCredentials } from "../../identity/sessions.ts";
import { invalidRoleArn, tooLongForChain, tooLongForRole } from "./errors.ts";
import type { Sts } from "./sts.ts";

const DEFAULT_SECONDS = 3600;
const MAX_CHAINED_SECONDS = 3600;
const MAX_SECONDS = 43_200;

/** A role that sessions are made of. */
export type SessionRole = Pick<RoleFacts, "arn" | "id" | "maxSessionDuration">;

/** The account that an ARN says a role is in. @throws AwsError ValidationError */
export function accountOfRole(roleArn: string): string {
  const arn = parseArn(roleArn);
  if (arn?.service !== "iam" || arn.region !== "" || !/^\d{12}$/.test(arn.account)) throw invalidRoleArn();
  return arn.account;
}

/** Where roles are not looked up, any ARN of a role is one; its id follows from it. */
export function unknownRole(arn: string): SessionRole | undefined {
  if (!/^role\/./.test(parseArn(arn)?.resource ?? "")) return undefined;
  return { arn, id: madeUpRoleId(arn), maxSessionDuration: MAX_SECONDS };
}

/** How long a session is to last, in seconds. @throws AwsError ValidationError */
export function sessionSeconds(asked: number | undefined, role: SessionRole, chained: boolean): number {
  const seconds = asked ?? DEFAULT_SECONDS;
  if (chained && seconds > MAX_CHAINED_SECONDS) throw tooLongForChain();
  if (seconds > role.maxSessionDuration) throw tooLongForRole();
  return seconds;
}

/** A new session of a role, as STS answers it. */
export function issueRoleSession(
  { options: { sessions } }: Sts,
  role: SessionRole,
  sessionName: string,
  facts: SessionFacts,
  region: string,
): { Credentials: Credentials; AssumedRoleUser: AssumedRoleUser } {
  const holder = { type: "AssumedRole" as const, role: { arn: role.arn, id: role.id }, sessionName };
  const { arn, userId } = rolePrincipal(role, sessionName, facts, "");
  return {
    Credentials: credentialsOf(sessions.issue({ holder, facts, region })),
    AssumedRoleUser: { AssumedRoleId: userId, Arn: arn },
  };
}

/** Credentials as STS writes them. */
export function credentialsOf({
  accessKeyId,
  secretAccessKey,
  sessionToken,
  expiresAt,
}: SessionCredentials): Credentials {
  return {
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey,
    SessionToken: sessionToken,
    Expiration: new Date(expiresAt),
  };
}
