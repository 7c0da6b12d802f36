import { formatArn } from "../../base/arn.ts";
import type { Scope } from "../../base/scope.ts";
import type { ActionCheck, AuthorizedResource } from "../../identity/authorization.ts";
import type { AuthorizationContext, AuthorizationRules } from "../../wire/authorization.ts";
import { check, conditions, requestTags } from "../../wire/checks.ts";
import { authorizesTags } from "./account-settings.ts";
import { clusterResource } from "./authorized-resources.ts";
import type { Ecs } from "./ecs.ts";

/**
 * Who tags what it creates must be allowed to tag, unless the account setting `tagResourceAuthorization` is off.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/supported-iam-actions-tagging.html
 */
export async function tagging(
  ecs: Ecs,
  { scope, principal }: Pick<AuthorizationContext, "scope" | "principal">,
  createAction: string,
  arn: string,
  tags: Parameters<typeof requestTags>[0],
): Promise<ActionCheck[]> {
  if (!tags?.length || !(await authorizesTags(ecs, scope, principal))) return [];
  return [
    check("ecs:TagResource", { arn }, { ...requestTags(tags), conditions: { "ecs:CreateAction": createAction } }),
  ];
}

/** What the operations on account settings and capacity providers need. */
export function accountRules(ecs: Ecs): AuthorizationRules<typeof import("@aws-sdk/client-ecs")> {
  const onSetting =
    (action: string) =>
    ({ name }: { name?: string }) => [
      check(action, undefined, { conditions: conditions({ "ecs:account-setting": name }) }),
    ];
  return {
    CreateCapacityProvider: async (input, context) => {
      const { arn } = capacityProvider(context.scope, input.name);
      return [
        check("ecs:CreateCapacityProvider", { arn }, requestTags(input.tags)),
        ...(await tagging(ecs, context, "CreateCapacityProvider", arn, input.tags)),
      ];
    },
    DeleteAccountSetting: onSetting("ecs:DeleteAccountSetting"),
    DeleteCapacityProvider: (input, { scope }) => [
      check("ecs:DeleteCapacityProvider", capacityProvider(scope, input.capacityProvider)),
    ],
    DescribeCapacityProviders: ({ capacityProviders }, { scope }) => [
      check(
        "ecs:DescribeCapacityProviders",
        capacityProviders?.length
          ? capacityProviders.map((name) => capacityProvider(scope, name))
          : capacityProvider(scope, "*"),
      ),
    ],
    PutAccountSetting: onSetting("ecs:PutAccountSetting"),
    PutAccountSettingDefault: onSetting("ecs:PutAccountSettingDefault"),
    PutClusterCapacityProviders: ({ cluster, capacityProviders }, { scope }) => [
      check("ecs:PutClusterCapacityProviders", clusterResource(ecs, scope, cluster), {
        conditions: conditions({ "ecs:capacity-provider": capacityProviders }),
      }),
    ],
    UpdateCapacityProvider: (input, { scope }) => [
      check("ecs:UpdateCapacityProvider", capacityProvider(scope, input.name)),
    ],
  };
}

function capacityProvider(scope: Scope, nameOrArn = "*"): AuthorizedResource {
  return { arn: nameOrArn.startsWith("arn:") ? nameOrArn : formatArn("ecs", scope, `capacity-provider/${nameOrArn}`) };
}
