import { parseArn } from "../../base/arn.ts";
import type { Scope } from "../../base/scope.ts";
import { principalsOf } from "../../identity/policy/policy.ts";
import { nameInArn } from "./arns.ts";
import { malformedPolicy, quotaExceeded } from "./errors.ts";
import type { Iam } from "./iam.ts";
import { checkPolicy, sizeOf } from "./policy-documents.ts";
import { iamKey, nameKey } from "./store.ts";

/** Characters, without white space. */
const MAX_SIZE = 2048;

/**
 * Checks what says who may take on a role, and that the users and roles of the account that it names are there.
 * @throws AwsError MalformedPolicyDocument, LimitExceeded
 */
export async function checkTrustPolicy(iam: Iam, scope: Pick<Scope, "account">, document: string): Promise<void> {
  const policy = checkPolicy(document, "trust");
  if (sizeOf(document) > MAX_SIZE) throw quotaExceeded("ACLSizePerRole", MAX_SIZE);
  for (const { type, name } of principalsOf(policy))
    if (type === "AWS" && (await isMissing(iam, scope, name)))
      throw malformedPolicy(`Invalid principal in policy: "AWS":"${name}"`);
}

/** Whether an ARN is of a user or a role that this account does not have; other accounts' are taken as they are. */
async function isMissing(iam: Iam, { account }: Pick<Scope, "account">, text: string): Promise<boolean> {
  const arn = parseArn(text);
  if (arn?.service !== "iam" || arn.account !== account) return false;
  const { users, roles } = iam.records;
  const of = arn.resource.startsWith("user/") ? users : arn.resource.startsWith("role/") ? roles : undefined;
  if (!of) return false;
  const found = await of.get(iamKey({ account }), nameKey(nameInArn(text)));
  return found?.arn !== text;
}
