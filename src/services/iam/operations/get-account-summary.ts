import type { GetAccountSummaryResponse } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import { accountSummary } from "../account-summary.ts";
import type { Iam } from "../iam.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountSummary.html */
export function getAccountSummary(iam: Iam) {
  return async (_input: object, { scope }: RequestContext): Promise<GetAccountSummaryResponse> => ({
    SummaryMap: await accountSummary(iam, scope),
  });
}
