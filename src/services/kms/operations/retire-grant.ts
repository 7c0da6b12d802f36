import type { RetireGrantRequest } from "@aws-sdk/client-kms";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { grantNotFound } from "../errors.ts";
import type { Kms } from "../kms.ts";
import { endDryRun } from "../requests.ts";
import { retiredGrant } from "../retirement.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_RetireGrant.html */
export function retireGrant(kms: Kms) {
  return async (input: RetireGrantRequest, { scope }: RequestContext): Promise<object> => {
    const { found, grantId } = await retiredGrant(kms, scope, input);
    const at = scopeKey(found.scope);
    if ((await kms.records.grants.get(at, grantId))?.keyId !== found.key.keyId) throw grantNotFound(grantId);
    endDryRun(input.DryRun);
    await kms.records.grants.delete(at, grantId);
    return {};
  };
}
