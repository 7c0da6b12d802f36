import type { GetTrailStatusRequest, GetTrailStatusResponse } from "@aws-sdk/client-cloudtrail";
import type { RequestContext } from "../../../wire/context.ts";
import { trailNotFound } from "../errors.ts";

/** https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_GetTrailStatus.html */
export function getTrailStatus() {
  return async ({ Name }: GetTrailStatusRequest, { scope }: RequestContext): Promise<GetTrailStatusResponse> => {
    throw trailNotFound(Name!, scope.account);
  };
}
