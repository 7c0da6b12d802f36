import type { ResumeSessionRequest, ResumeSessionResponse } from "@aws-sdk/client-ssm";
import type { RequestContext } from "../../../wire/context.ts";
import { sessionNotFound } from "../errors.ts";
import type { Ssm } from "../ssm.ts";

/** How the ids of ECS Exec's sessions begin: those that have ended are not kept. */
const ECS_EXEC = "ecs-execute-command-";

/**
 * https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_ResumeSession.html; by an answer without a token
 * session-manager-plugin knows that the session is over.
 */
export function resumeSession(ssm: Ssm) {
  return async (
    { SessionId = "" }: ResumeSessionRequest,
    { scope }: RequestContext,
  ): Promise<ResumeSessionResponse> => {
    const access = ssm.sessions.resume(scope, SessionId);
    if (!access && !SessionId.startsWith(ECS_EXEC)) throw sessionNotFound(SessionId);
    return { SessionId, ...(access ? { TokenValue: access.tokenValue, StreamUrl: access.streamUrl } : {}) };
  };
}
