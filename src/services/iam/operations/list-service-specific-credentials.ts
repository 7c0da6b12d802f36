import type {
  ListServiceSpecificCredentialsRequest,
  ListServiceSpecificCredentialsResponse,
} from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import type { Iam } from "../iam.ts";
import { existingUser, userNameOf } from "../users.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListServiceSpecificCredentials.html: none can be made yet */
export function listServiceSpecificCredentials(iam: Iam) {
  return async (
    { UserName, AllUsers }: ListServiceSpecificCredentialsRequest,
    context: RequestContext,
  ): Promise<ListServiceSpecificCredentialsResponse> => {
    if (!AllUsers) await existingUser(iam, context.scope, userNameOf(UserName, context));
    return { ServiceSpecificCredentials: [], IsTruncated: false };
  };
}
