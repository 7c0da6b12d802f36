import type { GetCallerIdentityRequest, GetCallerIdentityResponse } from "@aws-sdk/client-sts";
import type { RequestContext } from "../../../wire/context.ts";

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html */
export function getCallerIdentity() {
  return async (_input: GetCallerIdentityRequest, context: RequestContext): Promise<GetCallerIdentityResponse> => ({
    UserId: context.principal.userId,
    Account: context.principal.accountId,
    Arn: context.principal.arn,
  });
}
