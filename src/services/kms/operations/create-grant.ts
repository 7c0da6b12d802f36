import type { CreateGrantRequest, CreateGrantResponse } from "@aws-sdk/client-kms";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { rootArn } from "../arns.ts";
import { isSameGrant, readGrant } from "../grant-request.ts";
import { formatGrantToken } from "../grant-tokens.ts";
import { findKey } from "../key-reference.ts";
import { requireState } from "../key-state.ts";
import type { Kms } from "../kms.ts";
import { checkUseOptions, endDryRun } from "../requests.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateGrant.html: the grant counts when it answers */
export function createGrant(kms: Kms) {
  return async (input: CreateGrantRequest, { scope, principal }: RequestContext): Promise<CreateGrantResponse> => {
    checkUseOptions(kms, input);
    return await kms.store.transaction(async () => {
      const found = await findKey(kms, scope, input.KeyId!);
      const { key, arn } = found;
      requireState(key, arn);
      const facts = readGrant(found, input);
      endDryRun(input.DryRun);
      const at = scopeKey(found.scope);
      const others = facts.name === undefined ? [] : await kms.records.grants.list(at, { where: { keyId: key.keyId } });
      const same = others.find((grant) => isSameGrant(grant, facts));
      const grantId = same?.grantId ?? kms.ids.hex(64);
      if (!same)
        await kms.records.grants.insert(at, grantId, {
          grantId,
          keyId: key.keyId,
          createdAt: kms.now(),
          issuingAccount: rootArn(principal.accountId),
          ...facts,
        });
      return { GrantId: grantId, GrantToken: formatGrantToken(kms, { keyArn: arn, grantId }) };
    });
  };
}
