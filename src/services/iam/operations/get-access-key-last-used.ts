import type { GetAccessKeyLastUsedRequest, GetAccessKeyLastUsedResponse } from "@aws-sdk/client-iam";
import type { Scope } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { accessKeyNotFound } from "../errors.ts";
import type { Iam } from "../iam.ts";
import { iamKey } from "../store.ts";
import { userById } from "../users.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccessKeyLastUsed.html */
export function getAccessKeyLastUsed(iam: Iam) {
  return async (
    { AccessKeyId }: GetAccessKeyLastUsedRequest,
    { scope }: RequestContext,
  ): Promise<GetAccessKeyLastUsedResponse> => {
    const userName = await ownerOf(iam, scope, AccessKeyId!);
    const use = await iam.lastUses.get(iamKey(scope), AccessKeyId!);
    return {
      UserName: userName,
      AccessKeyLastUsed: use
        ? { LastUsedDate: use.at, ServiceName: use.service ?? "N/A", Region: use.region }
        : { LastUsedDate: undefined, ServiceName: "N/A", Region: "N/A" },
    };
  };
}

/** @throws AwsError NoSuchEntity */
async function ownerOf(iam: Iam, scope: Scope, accessKeyId: string): Promise<string> {
  if (accessKeyId === iam.rootKey().accessKeyId) return "<root_account>";
  const record = await iam.records.accessKeys.get(iamKey(scope), accessKeyId);
  const user = record && (await userById(iam, scope, record.userId));
  if (!user) throw accessKeyNotFound(accessKeyId);
  return user.name;
}
