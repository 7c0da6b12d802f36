import type { ListMFADevicesRequest, ListMFADevicesResponse } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import type { Iam } from "../iam.ts";
import { existingUser, userNameOf } from "../users.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListMFADevices.html: no MFA device can be made yet */
export function listMfaDevices(iam: Iam) {
  return async ({ UserName }: ListMFADevicesRequest, context: RequestContext): Promise<ListMFADevicesResponse> => {
    if (UserName === undefined && context.principal.type === "Root") return { MFADevices: [], IsTruncated: false };
    await existingUser(iam, context.scope, userNameOf(UserName, context));
    return { MFADevices: [], IsTruncated: false };
  };
}
