import type { TerminateSessionRequest, TerminateSessionResponse } from "@aws-sdk/client-ssm";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ssm } from "../ssm.ts";

/** https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_TerminateSession.html; may be repeated. */
export function terminateSession(ssm: Ssm) {
  return async (
    { SessionId = "" }: TerminateSessionRequest,
    { scope }: RequestContext,
  ): Promise<TerminateSessionResponse> => {
    await ssm.sessions.terminate(scope, SessionId);
    return { SessionId };
  };
}
