import type { RetireGrantRequest } from "@aws-sdk/client-kms";
import type { Scope } from "../../base/scope.ts";
import { validationError } from "./errors.ts";
import { readGrantToken } from "./grant-tokens.ts";
import { findKey, type FoundKey } from "./key-reference.ts";
import type { Kms } from "./kms.ts";

/**
 * The grant that a request to retire one names, by its token or by key and id.
 * @throws AwsError ValidationException, InvalidGrantTokenException, NotFoundException
 */
export async function retiredGrant(
  kms: Kms,
  scope: Scope,
  { GrantToken, KeyId, GrantId }: RetireGrantRequest,
): Promise<{ found: FoundKey; grantId: string }> {
  if (KeyId !== undefined && GrantId !== undefined)
    return { found: await findKey(kms, scope, KeyId), grantId: GrantId };
  if (GrantToken === undefined)
    throw validationError("You must provide either a grant token or a key ID and a grant ID.");
  const { keyArn, grantId } = readGrantToken(kms, GrantToken);
  return { found: await findKey(kms, scope, keyArn), grantId };
}
