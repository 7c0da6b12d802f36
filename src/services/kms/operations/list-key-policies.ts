import type { ListKeyPoliciesRequest, ListKeyPoliciesResponse } from "@aws-sdk/client-kms";
import type { RequestContext } from "../../../wire/context.ts";
import { POLICY_NAME } from "../key-policies.ts";
import { findKey } from "../key-reference.ts";
import type { Kms } from "../kms.ts";
import { pageOf } from "../page.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_ListKeyPolicies.html */
export function listKeyPolicies(kms: Kms) {
  return async (input: ListKeyPoliciesRequest, { scope }: RequestContext): Promise<ListKeyPoliciesResponse> => {
    const { key } = await findKey(kms, scope, input.KeyId!);
    const { items, rest } = pageOf(`policies ${key.keyId}`, [POLICY_NAME], (name) => name, input);
    return { PolicyNames: items, ...rest };
  };
}
