import type { GetUserPolicyRequest, GetUserPolicyResponse } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import type { Iam } from "../iam.ts";
import { inlinePolicyOf } from "../inline-policies.ts";
import { existingUser } from "../users.ts";
import { encodedDocument } from "../views.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetUserPolicy.html */
export function getUserPolicy(iam: Iam) {
  return async (
    { UserName, PolicyName }: GetUserPolicyRequest,
    { scope }: RequestContext,
  ): Promise<GetUserPolicyResponse> => {
    const user = await existingUser(iam, scope, UserName!);
    const document = inlinePolicyOf(user, "user", PolicyName!);
    return { UserName: user.name, PolicyName, PolicyDocument: encodedDocument(document) };
  };
}
