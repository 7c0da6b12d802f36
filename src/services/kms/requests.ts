import { scopeKey } from "../../base/scope.ts";
import type { RequestContext } from "../../wire/context.ts";
import { dryRunSucceeded, notAllowedOnManagedKey, notBuilt } from "./errors.ts";
import { readGrantToken } from "./grant-tokens.ts";
import { findKey, type FoundKey, type ReferenceOptions } from "./key-reference.ts";
import { requireState } from "./key-state.ts";
import type { Kms } from "./kms.ts";
import type { KeyRecord } from "./records.ts";

/** What operations that use a key may be told beside what to do. */
interface UseOptions {
  GrantTokens?: string[] | undefined;
  /** Of Nitro enclaves. */
  Recipient?: object | undefined;
}

/**
 * The key that an operation uses, by any of its names.
 * @throws AwsError when it is not there or cannot be used now
 */
export async function usableKey(
  kms: Kms,
  { scope }: Pick<RequestContext, "scope">,
  input: UseOptions & { KeyId: string | undefined },
): Promise<FoundKey> {
  checkUseOptions(kms, input);
  const found = await findKey(kms, scope, input.KeyId!, { aliases: true });
  requireState(found.key, found.arn);
  return found;
}

/**
 * Grants count at once here, so that tokens are checked and do no more.
 * @throws AwsError InvalidGrantTokenException, UnsupportedOperationException
 */
export function checkUseOptions(kms: Kms, { GrantTokens = [], Recipient }: UseOptions): void {
  if (Recipient) throw notBuilt("'Recipient'");
  for (const token of GrantTokens) readGrantToken(kms, token);
}

/** Of requests that only ask whether they would succeed. @throws AwsError DryRunOperationException */
export function endDryRun(dryRun: boolean | undefined): void {
  if (dryRun) throw dryRunSucceeded();
}

/**
 * A key of the caller's account that customers may change.
 * @param action without its prefix
 * @throws AwsError NotFoundException, AccessDeniedException
 */
export async function ownKey(
  kms: Kms,
  { scope, principal }: Pick<RequestContext, "scope" | "principal">,
  action: string,
  name: string | undefined,
  options?: ReferenceOptions,
): Promise<FoundKey> {
  const found = await findKey(kms, scope, name!, options);
  if (found.key.manager === "AWS" || found.scope.account !== scope.account)
    throw notAllowedOnManagedKey(principal.arn, `kms:${action}`, found.arn);
  return found;
}

/**
 * Changes a key of the caller's account.
 * @param change returns the new record; called in the transaction that writes it
 * @throws AwsError as {@link ownKey}, and what `change` throws
 */
export async function changeKey(
  kms: Kms,
  context: RequestContext,
  action: string,
  name: string | undefined,
  change: (found: FoundKey) => KeyRecord,
): Promise<FoundKey> {
  return await kms.store.transaction(async () => {
    const found = await ownKey(kms, context, action, name);
    const key = change(found);
    await kms.records.keys.put(scopeKey(found.scope), key.keyId, key);
    return { ...found, key };
  });
}
