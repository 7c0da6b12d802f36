import type { ActionCheck, ConditionValues, TagValues } from "../../identity/authorization.ts";
import type { Caller } from "../../identity/caller.ts";
import { scopeKey, type Scope } from "../../base/scope.ts";
import { keyArn } from "./arns.ts";
import { grantAllows, grantStatement, type GrantedRequest } from "./grants.ts";
import { findKey, readKeyReference, type FoundKey, type ReferenceOptions } from "./key-reference.ts";
import { AwsError } from "../../base/errors.ts";
import type { Kms } from "./kms.ts";

/** What a check must know beside the key. */
export interface KeyCheckOptions extends ReferenceOptions, Omit<GrantedRequest, "operation"> {
  /** The service's condition keys that are true of the request. */
  conditions?: ConditionValues;
  requestTags?: TagValues;
  /** How the request named the key. */
  requestAlias?: string;
}

/**
 * The check of an action on a key: the key's policy decides, with what grants say of the request; IAM policies count
 * where the key's policy names the account.
 */
export async function keyCheck(
  kms: Kms,
  caller: Caller,
  action: string,
  { key, arn, scope, alias }: FoundKey,
  { conditions, requestTags, ...options }: KeyCheckOptions = {},
): Promise<ActionCheck> {
  const aliases = await kms.records.aliases.listIds(scopeKey(scope), { keyId: key.keyId });
  const requestAlias = options.requestAlias ?? alias;
  return {
    action: `kms:${action}`,
    resources: [
      {
        arn,
        policy: () => policyWithGrants(kms, caller, { key, arn, scope }, { ...options, operation: action }),
        tags: () => key.tags,
        conditions: aliases.length > 0 ? { "kms:ResourceAliases": aliases } : {},
      },
    ],
    conditions: {
      ...callerConditions(caller),
      "kms:KeySpec": key.spec,
      "kms:KeyUsage": key.usage,
      "kms:KeyOrigin": key.origin,
      "kms:MultiRegion": "false",
      ...(requestAlias === undefined ? {} : { "kms:RequestAlias": requestAlias }),
      ...contextConditions(options.encryptionContext),
      ...conditions,
    },
    ...(requestTags ? { requestTags } : {}),
    resourcePolicyDecides: true,
  };
}

/** What is found, unless it is not there. */
export async function ifThere<T>(find: () => Promise<T>): Promise<T | undefined> {
  try {
    return await find();
  } catch (cause) {
    if (cause instanceof AwsError) return undefined;
    throw cause;
  }
}

/**
 * Of a key that is not there only the identity's own policies say whether that may be known.
 * @param presumed the ARN that the key would have
 */
export function missingKeyCheck(caller: Caller, action: string, presumed = "*"): ActionCheck {
  return { action: `kms:${action}`, resources: [{ arn: presumed }], conditions: callerConditions(caller) };
}

/** As {@link keyCheck}, for a key as a request names it. */
export async function namedKeyCheck(
  kms: Kms,
  { caller, scope }: { caller: Caller; scope: Scope },
  action: string,
  name: string,
  options: KeyCheckOptions = {},
): Promise<ActionCheck> {
  const found = await ifThere(() => findKey(kms, scope, name, options));
  if (!found) return missingKeyCheck(caller, action, presumedArn(scope, name));
  return await keyCheck(kms, caller, action, found, options);
}

/** Who asks, and by way of which service. */
export function callerConditions({ principal, calledVia, region }: Caller): ConditionValues {
  const account = { "kms:CallerAccount": principal.accountId };
  if (calledVia === undefined) return account;
  return { ...account, "kms:ViaService": calledVia.replace(/\.amazonaws\.com$/, `.${region}.amazonaws.com`) };
}

function contextConditions(context: GrantedRequest["encryptionContext"]): ConditionValues {
  const entries = Object.entries(context ?? {});
  if (entries.length === 0) return {};
  return {
    ...Object.fromEntries(entries.map(([name, value]) => [`kms:EncryptionContext:${name}`, value])),
    "kms:EncryptionContextKeys": entries.map(([name]) => name),
  };
}

async function policyWithGrants(
  kms: Kms,
  { principal }: Caller,
  { key, scope }: FoundKey,
  request: GrantedRequest,
): Promise<string> {
  const grants = await kms.records.grants.list(scopeKey(scope), { where: { keyId: key.keyId } });
  const granted = grants.filter((grant) => grantAllows(grant, principal, request));
  if (granted.length === 0) return key.policy;
  const policy = JSON.parse(key.policy) as { Statement?: object | object[] };
  const own = [policy.Statement ?? []].flat();
  return JSON.stringify({ ...policy, Statement: [...own, ...granted.map((grant) => grantStatement(grant, request))] });
}

function presumedArn(scope: Scope, name: string): string {
  try {
    const reference = readKeyReference(scope, name, { aliases: true });
    return "keyId" in reference ? keyArn(reference.scope, reference.keyId) : keyArn(reference.scope, "*");
  } catch {
    return "*";
  }
}
