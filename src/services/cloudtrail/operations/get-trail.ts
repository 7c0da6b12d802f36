import type { GetTrailRequest, GetTrailResponse } from "@aws-sdk/client-cloudtrail";
import type { RequestContext } from "../../../wire/context.ts";
import { trailNotFound } from "../errors.ts";

/** https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_GetTrail.html */
export function getTrail() {
  return async ({ Name }: GetTrailRequest, { scope }: RequestContext): Promise<GetTrailResponse> => {
    throw trailNotFound(Name!, scope.account);
  };
}
