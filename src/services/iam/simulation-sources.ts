import { parseArn } from "../../base/arn.ts";
import type { Scope } from "../../base/scope.ts";
import type { NamedPolicy } from "../../identity/policy/simulate.ts";
import type { Principal } from "../../identity/principal.ts";
import { nameInArn } from "./arns.ts";
import { invalidInput } from "./errors.ts";
import { existingGroup, groupsOf } from "./groups.ts";
import type { Iam } from "./iam.ts";
import { checkPolicy } from "./policy-documents.ts";
import { defaultVersionOf, findPolicy } from "./managed-policies.ts";
import type { HolderKind, PolicyHolder } from "./records.ts";
import { existingRole } from "./roles.ts";
import { iamKey, nameKey } from "./store.ts";
import { existingUser } from "./users.ts";

type Account = Pick<Scope, "account">;

/** A holder and what it is, as in an ARN. */
export interface KindOfHolder {
  kind: HolderKind;
  holder: PolicyHolder;
}

/** Whose policies are tried out. */
export interface PolicySource {
  /** Whose policies count: the user and its groups, or the group or role alone. */
  holders: KindOfHolder[];
  /** The ARN of a managed policy. */
  boundary: string | undefined;
  /** A group is nobody who acts. */
  principal: Principal | undefined;
}

/**
 * The user, group or role with this ARN.
 * @throws AwsError InvalidInput, NoSuchEntity
 */
export async function policySource(iam: Iam, scope: Account, arn: string): Promise<PolicySource> {
  const parsed = parseArn(arn);
  const kind = parsed?.resource.split("/", 1)[0];
  if (parsed?.service !== "iam" || parsed.account !== scope.account)
    throw invalidInput(`Invalid Entity Arn: ${arn} does not clearly define entity type and name.`);
  const name = nameInArn(arn);
  switch (kind) {
    case "user": {
      const user = await existingUser(iam, scope, name);
      const groups = await groupsOf(iam, scope, user.id);
      return {
        holders: [{ kind, holder: user }, ...groups.map((holder) => ({ kind: "group" as const, holder }))],
        boundary: user.boundary,
        principal: userPrincipal(scope.account, user),
      };
    }
    case "group":
      return {
        holders: [{ kind, holder: await existingGroup(iam, scope, name) }],
        boundary: undefined,
        principal: undefined,
      };
    case "role": {
      const role = await existingRole(iam, scope, name);
      return {
        holders: [{ kind, holder: role }],
        boundary: role.boundary,
        principal: rolePrincipal(scope.account, role),
      };
    }
    default:
      throw invalidInput(`Invalid Entity Arn: ${arn} does not clearly define entity type and name.`);
  }
}

/** The policies of holders, inline ones as `user_Bob_name`, managed ones by their names. */
export async function policiesOf(iam: Iam, scope: Account, holders: readonly KindOfHolder[]): Promise<NamedPolicy[]> {
  const where = { holderId: holders.map(({ holder }) => holder.id) };
  const attachments = await iam.records.attachments.list(iamKey(scope), { where });
  const arns = [...new Set(attachments.map(({ policyArn }) => policyArn))];
  const managed = await Promise.all(arns.map((arn) => managedPolicy(iam, scope, arn)));
  return [
    ...holders.flatMap(({ kind, holder }) =>
      Object.entries(holder.inlinePolicies).map(([name, document]) =>
        named(`${kind}_${holder.name}_${name}`, document),
      ),
    ),
    ...managed.flat(),
  ];
}

/** A managed policy by its name; none when it is gone. */
export async function managedPolicy(iam: Iam, scope: Account, arn: string): Promise<NamedPolicy[]> {
  const policy = await findPolicy(iam, scope, arn);
  return policy ? [named(policy.name, defaultVersionOf(policy).document)] : [];
}

/** Documents of a request, as `PolicyInputList.1`. @throws AwsError MalformedPolicyDocument */
export function givenPolicies(list: string, documents: readonly string[] | undefined): NamedPolicy[] {
  return (documents ?? []).map((document, index) => named(`${list}.${index + 1}`, document));
}

/**
 * The user that a simulation says acts; it need not be there.
 * @throws AwsError InvalidInput for what is no user's ARN
 */
export async function simulatedCaller(
  iam: Iam,
  { account }: Account,
  arn: string | undefined,
): Promise<Principal | undefined> {
  if (arn === undefined) return undefined;
  const parsed = parseArn(arn);
  if (parsed?.service !== "iam" || !parsed.resource.startsWith("user/"))
    throw invalidInput(`Invalid Caller Arn: ${arn}`);
  const name = nameInArn(arn);
  const user = parsed.account === account ? await iam.records.users.get(iamKey({ account }), nameKey(name)) : undefined;
  return userPrincipal(parsed.account, { arn, id: user?.id ?? "", name });
}

function userPrincipal(account: string, { arn, id, name }: Pick<PolicyHolder, "arn" | "id" | "name">): Principal {
  return { type: "User", accountId: account, arn, userId: id, userName: name, accessKeyId: "" };
}

/** Somebody who acts as a role, under a name that no policy knows. */
function rolePrincipal(account: string, { arn, id, name }: PolicyHolder): Principal {
  const sessionName = "simulation";
  return {
    type: "AssumedRole",
    accountId: account,
    arn: `arn:aws:sts::${account}:assumed-role/${name}/${sessionName}`,
    userId: `${id}:${sessionName}`,
    accessKeyId: "",
    roleArn: arn,
    roleName: name,
    roleId: id,
    sessionName,
    session: { issuedAt: 0, expiresAt: 0 },
  };
}

function named(id: string, document: string): NamedPolicy {
  return { id, policy: checkPolicy(document, "identity") };
}
