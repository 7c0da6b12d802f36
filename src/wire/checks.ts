import type { ActionCheck, AuthorizedResource, ConditionValues, TagValues } from "../identity/authorization.ts";

/* What rules are written with. */

/** What an action that knows no resources is done to. */
export const ANY: readonly AuthorizedResource[] = [{ arn: "*" }];

/** An action on one or more things. */
export function check(
  action: string,
  resources: AuthorizedResource | readonly AuthorizedResource[] = ANY,
  more: Omit<ActionCheck, "action" | "resources"> = {},
): ActionCheck {
  return { action, resources: Array.isArray(resources) ? resources : [resources as AuthorizedResource], ...more };
}

/** Condition keys without those that the request has no value for; truth values and numbers as policies spell them. */
export function conditions(
  values: Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>,
): ConditionValues {
  const known: Record<string, string | readonly string[]> = {};
  for (const [key, value] of Object.entries(values)) {
    if (value === undefined || (Array.isArray(value) && !value.length)) continue;
    known[key] = typeof value === "object" ? value : String(value);
  }
  return known;
}

type Tag = { key?: string; value?: string } | { Key?: string; Value?: string };

/** Tags as services spell them. */
export function tagValues(tags: readonly Tag[] | undefined): TagValues {
  const entries = (tags ?? []).flatMap((tag): [string, string][] => {
    if ("Key" in tag) return [[tag.Key ?? "", tag.Value ?? ""]];
    return "key" in tag ? [[tag.key ?? "", tag.value ?? ""]] : [];
  });
  return Object.fromEntries(entries); // takes any name, also `__proto__`
}

/** Tags of a request, when it has any: `requestTags` of a check. */
export function requestTags(tags: readonly Tag[] | undefined): Pick<ActionCheck, "requestTags"> {
  return tags?.length ? { requestTags: tagValues(tags) } : {};
}

/** Keys of tags that a request takes away: `aws:TagKeys`. */
export function removedTags(keys: readonly string[] | undefined): Pick<ActionCheck, "conditions"> {
  return keys?.length ? { conditions: { "aws:TagKeys": keys } } : {};
}

/**
 * The right to give roles to a service, https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
 * @param roles ARNs, or names of roles of the account; those that are not set are left out, and those of other accounts,
 *   which nobody can pass: whoever would take them on refuses them
 * @param service such as `ecs-tasks.amazonaws.com`
 */
export function passRole(
  roles: readonly (string | undefined)[],
  service: string,
  account: string,
  more: ConditionValues = {},
): ActionCheck[] {
  const arns = new Set(
    roles.flatMap((role) => (role ? [role.startsWith("arn:") ? role : `arn:aws:iam::${account}:role/${role}`] : [])),
  );
  const own = [...arns].filter((arn) => arn.startsWith(`arn:aws:iam::${account}:`));
  return own.map((arn) => check("iam:PassRole", { arn }, { conditions: { "iam:PassedToService": service, ...more } }));
}
