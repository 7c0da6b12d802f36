import type { ListAccountAliasesRequest, ListAccountAliasesResponse } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import { accountOf } from "../account.ts";
import type { Iam } from "../iam.ts";
import { page } from "../page.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAccountAliases.html */
export function listAccountAliases(iam: Iam) {
  return async (input: ListAccountAliasesRequest, { scope }: RequestContext): Promise<ListAccountAliasesResponse> => {
    const { alias } = await accountOf(iam, scope);
    const { items, paging } = page(alias === undefined ? [] : [alias], input, "account-aliases", (each) => each);
    return { AccountAliases: items, ...paging };
  };
}
