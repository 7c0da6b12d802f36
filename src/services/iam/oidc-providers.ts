import type { CreateOpenIDConnectProviderRequest } from "@aws-sdk/client-iam";
import type { Scope } from "../../base/scope.ts";
import { oidcProviderArn } from "./arns.ts";
import { entityAlreadyExists, invalidInput, oidcProviderNotFound, quotaExceeded } from "./errors.ts";
import type { Iam } from "./iam.ts";
import type { OidcProviderRecord } from "./records.ts";
import { iamKey } from "./store.ts";
import { newTags } from "./tags.ts";

const SCHEME = "https://";
const MAX_PROVIDERS = 100;
const MAX_CLIENT_IDS = 100;
const MAX_THUMBPRINTS = 5;

/** The provider that tokens of an issuer are verified against; `undefined` when the account has none. */
export async function oidcProviderOf(
  iam: Iam,
  scope: Pick<Scope, "account">,
  issuer: string,
): Promise<OidcProviderRecord | undefined> {
  if (!issuer.startsWith(SCHEME)) return undefined;
  return await iam.records.oidcProviders.get(iamKey(scope), issuer.slice(SCHEME.length));
}

/** @throws AwsError NoSuchEntity */
export async function existingOidcProvider(
  iam: Iam,
  scope: Pick<Scope, "account">,
  arn: string,
): Promise<OidcProviderRecord> {
  const url = arn.slice(oidcProviderArn(scope.account, "").length);
  const found = await iam.records.oidcProviders.get(iamKey(scope), url);
  if (found?.arn !== arn) throw oidcProviderNotFound(arn);
  return found;
}

/** @throws AwsError EntityAlreadyExists, InvalidInput, LimitExceeded */
export async function newOidcProvider(
  iam: Iam,
  scope: Scope,
  input: CreateOpenIDConnectProviderRequest,
): Promise<OidcProviderRecord> {
  const url = checkUrl(input.Url!);
  const provider: OidcProviderRecord = {
    arn: oidcProviderArn(scope.account, url),
    url,
    clientIds: checkClientIds([...new Set(input.ClientIDList)]),
    thumbprints: checkThumbprints(input.ThumbprintList ?? []),
    createdAt: iam.now(),
    tags: newTags(input.Tags),
  };
  const { oidcProviders } = iam.records;
  const key = iamKey(scope);
  await iam.store.transaction(async () => {
    if (await oidcProviders.get(key, url)) throw entityAlreadyExists(`Provider with url ${input.Url} already exists.`);
    if ((await oidcProviders.count(key)) >= MAX_PROVIDERS)
      throw quotaExceeded("OpenIdConnectProvidersPerAccount", MAX_PROVIDERS);
    await oidcProviders.insert(key, url, provider);
  });
  return provider;
}

/**
 * Changes a provider, whole or not at all.
 * @throws AwsError NoSuchEntity, and what `change` throws
 */
export async function changeOidcProvider(
  iam: Iam,
  scope: Scope,
  arn: string,
  change: (now: OidcProviderRecord) => OidcProviderRecord,
): Promise<void> {
  await iam.store.transaction(async () => {
    const changed = change(await existingOidcProvider(iam, scope, arn));
    await iam.records.oidcProviders.put(iamKey(scope), changed.url, changed);
  });
}

/** @throws AwsError LimitExceeded */
export function checkClientIds(ids: string[]): string[] {
  if (ids.length > MAX_CLIENT_IDS) throw quotaExceeded("ClientIdsPerOpenIdConnectProvider", MAX_CLIENT_IDS);
  return ids;
}

/** @throws AwsError InvalidInput */
export function checkThumbprints(thumbprints: readonly string[]): string[] {
  if (thumbprints.length > MAX_THUMBPRINTS)
    throw invalidInput(`Thumbprint list must contain at most ${MAX_THUMBPRINTS} entries.`);
  if (!thumbprints.every((each) => /^[0-9a-f]{40}$/i.test(each)))
    throw invalidInput("Invalid thumbprint: it must be 40 hexadecimal characters.");
  return thumbprints.map((each) => each.toLowerCase());
}

/** @returns it without its scheme */
function checkUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!text.startsWith(SCHEME) || !url?.hostname || url.search || url.hash || url.username || url.password)
    throw invalidInput("Invalid Open ID Connect Provider URL");
  return text.slice(SCHEME.length);
}
