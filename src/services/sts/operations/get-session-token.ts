import type { GetSessionTokenRequest, GetSessionTokenResponse } from "@aws-sdk/client-sts";
import type { Principal } from "../../../identity/principal.ts";
import type { SessionHolder } from "../../../identity/session.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { sessionCredentials, unknownDevice } from "../errors.ts";
import { credentialsOf } from "../role-session.ts";
import type { Sts } from "../sts.ts";

const DEFAULT_SECONDS = 43_200;
/** The root user gets no more, whatever it asks for. */
const MAX_ROOT_SECONDS = 3600;

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html */
export function getSessionToken(sts: Sts) {
  return async (
    { DurationSeconds = DEFAULT_SECONDS, SerialNumber, TokenCode }: GetSessionTokenRequest,
    { principal, scope }: RequestContext,
  ): Promise<GetSessionTokenResponse> => {
    const holder = holderOf(principal);
    if (SerialNumber !== undefined || TokenCode !== undefined) throw unknownDevice();
    const seconds = holder.type === "Root" ? Math.min(DurationSeconds, MAX_ROOT_SECONDS) : DurationSeconds;
    const issuedAt = sts.now();
    const facts = { issuedAt, expiresAt: issuedAt + seconds * 1000 };
    return { Credentials: credentialsOf(sts.options.sessions.issue({ holder, facts, region: scope.region })) };
  };
}

/** @throws AwsError AccessDenied for whoever has a session already */
function holderOf(principal: Principal): SessionHolder {
  if (principal.type === "AssumedRole" || principal.type === "Anonymous" || principal.session)
    throw sessionCredentials();
  if (principal.type === "Root") return { type: "Root", accountId: principal.accountId };
  const { accountId, arn, userId, userName } = principal;
  return { type: "User", accountId, arn, userId, userName };
}
