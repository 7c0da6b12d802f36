import type { CreatePolicyRequest } from "@aws-sdk/client-iam";
import { parseArn } from "../../base/arn.ts";
import type { Scope } from "../../base/scope.ts";
import { iamArn, nameInArn } from "./arns.ts";
import { awsManagedPolicies } from "./aws-policies/aws-policies.ts";
import { entityAlreadyExists, invalidInput, policyNotFound, policyOutsideAccount, quotaExceeded } from "./errors.ts";
import { newId } from "./ids.ts";
import type { Iam } from "./iam.ts";
import { checkManagedPolicy } from "./policy-documents.ts";
import type { PolicyRecord, PolicyVersionRecord } from "./records.ts";
import { iamKey, nameKey } from "./store.ts";
import { newTags } from "./tags.ts";

const MAX_POLICIES = 1500;

/** Whose AWS's own policies are: `arn:aws:iam::aws:policy/…`. */
export const AWS_ACCOUNT = "aws";

/** A managed policy by its ARN, AWS's or the account's; `undefined` when there is none. */
export async function findPolicy(
  iam: Iam,
  scope: Pick<Scope, "account">,
  arn: string,
): Promise<PolicyRecord | undefined> {
  const { account } = checkPolicyArn(arn);
  if (account === AWS_ACCOUNT) return (await awsManagedPolicies()).get(arn);
  if (account !== scope.account) return undefined;
  const found = await iam.records.policies.get(iamKey(scope), nameKey(nameInArn(arn)));
  return found?.arn === arn ? found : undefined;
}

/** @throws AwsError NoSuchEntity, InvalidInput for what is no ARN of a policy */
export async function existingPolicy(iam: Iam, scope: Pick<Scope, "account">, arn: string): Promise<PolicyRecord> {
  const found = await findPolicy(iam, scope, arn);
  if (!found) throw policyNotFound(arn);
  return found;
}

/** The document that a policy stands for. */
export function defaultVersionOf(policy: PolicyRecord): PolicyVersionRecord {
  return policy.versions.find(({ versionId }) => versionId === policy.defaultVersion)!;
}

/** @throws AwsError EntityAlreadyExists, LimitExceeded, MalformedPolicyDocument */
export async function newPolicy(iam: Iam, scope: Scope, input: CreatePolicyRequest): Promise<PolicyRecord> {
  const { PolicyName: name, Path: path = "/", PolicyDocument: document, Description: description } = input;
  checkManagedPolicy(document!);
  const createdAt = iam.now();
  const policy: PolicyRecord = {
    id: newId(iam.ids, "ANPA"),
    name: name!,
    path,
    arn: iamArn(scope.account, "policy", path, name!),
    ...(description ? { description } : {}),
    createdAt,
    updatedAt: createdAt,
    tags: newTags(input.Tags),
    defaultVersion: "v1",
    lastVersion: 1,
    versions: [{ versionId: "v1", document: document!, createdAt }],
  };
  const { policies } = iam.records;
  const key = iamKey(scope);
  await iam.store.transaction(async () => {
    if (await policies.get(key, nameKey(policy.name)))
      throw entityAlreadyExists(`A policy called ${policy.name} already exists. Duplicate names are not allowed.`);
    if ((await policies.count(key)) >= MAX_POLICIES) throw quotaExceeded("PoliciesPerAccount", MAX_POLICIES);
    await policies.insert(key, nameKey(policy.name), policy);
  });
  return policy;
}

/**
 * Changes a policy of the account's own, whole or not at all.
 * @throws AwsError AccessDenied, NoSuchEntity, InvalidInput, and what `change` throws
 */
export async function changePolicy(
  iam: Iam,
  scope: Scope,
  arn: string,
  change: (now: PolicyRecord) => PolicyRecord,
): Promise<PolicyRecord> {
  ownPolicyArn(scope, arn);
  return await iam.store.transaction(async () => {
    const changed = change(await existingPolicy(iam, scope, arn));
    await iam.records.policies.put(iamKey(scope), nameKey(changed.name), changed);
    return changed;
  });
}

/** @throws AwsError AccessDenied for a policy of AWS's or of another account */
export function ownPolicyArn({ account }: Pick<Scope, "account">, arn: string): void {
  if (checkPolicyArn(arn).account !== account) throw policyOutsideAccount();
}

/** @throws AwsError InvalidInput */
export function checkPolicyArn(text: string): { account: string } {
  const arn = parseArn(text);
  if (!arn || arn.service !== "iam" || arn.region !== "" || !arn.resource.startsWith("policy/"))
    throw invalidInput(`ARN ${text} is not valid.`);
  return arn;
}
