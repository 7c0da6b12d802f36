import type { ListSigningCertificatesRequest, ListSigningCertificatesResponse } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import type { Iam } from "../iam.ts";
import { existingUser, userNameOf } from "../users.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListSigningCertificates.html: no signing certificate can be uploaded yet */
export function listSigningCertificates(iam: Iam) {
  return async (
    { UserName }: ListSigningCertificatesRequest,
    context: RequestContext,
  ): Promise<ListSigningCertificatesResponse> => {
    await existingUser(iam, context.scope, userNameOf(UserName, context));
    return { Certificates: [], IsTruncated: false };
  };
}
