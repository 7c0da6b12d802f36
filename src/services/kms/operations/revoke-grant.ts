import type { RevokeGrantRequest } from "@aws-sdk/client-kms";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { grantNotFound } from "../errors.ts";
import { findKey } from "../key-reference.ts";
import type { Kms } from "../kms.ts";
import { endDryRun } from "../requests.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_RevokeGrant.html */
export function revokeGrant(kms: Kms) {
  return async ({ KeyId, GrantId, DryRun }: RevokeGrantRequest, context: RequestContext): Promise<object> => {
    const { key, scope } = await findKey(kms, context.scope, KeyId!);
    const at = scopeKey(scope);
    if ((await kms.records.grants.get(at, GrantId!))?.keyId !== key.keyId) throw grantNotFound(GrantId!);
    endDryRun(DryRun);
    await kms.records.grants.delete(at, GrantId!);
    return {};
  };
}
