import type {
  GetAccountAuthorizationDetailsRequest,
  GetAccountAuthorizationDetailsResponse,
} from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import { accountDetails } from "../account-details.ts";
import type { Iam } from "../iam.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html */
export function getAccountAuthorizationDetails(iam: Iam) {
  return async (
    { Filter, ...paging }: GetAccountAuthorizationDetailsRequest,
    { scope }: RequestContext,
  ): Promise<GetAccountAuthorizationDetailsResponse> => await accountDetails(iam, scope, Filter, paging);
}
