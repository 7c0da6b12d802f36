import { formatArn, parseArn } from "../../base/arn.ts";
import type { AuthorizedResource } from "../../identity/authorization.ts";
import type { AuthorizationContext, AuthorizationRules } from "../../wire/authorization.ts";
import { check, conditions, removedTags, requestTags, tagValues } from "../../wire/checks.ts";
import { parameterArn, parseReference } from "./names.ts";
import { findParameter } from "./parameters.ts";
import { settingArn } from "./settings.ts";
import type { Ssm } from "./ssm.ts";

/**
 * What the operations of Parameter Store and Session Manager need:
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html
 */
export function ssmRules(ssm: Ssm): AuthorizationRules<typeof import("@aws-sdk/client-ssm")> {
  const named = (name: string | undefined, { scope }: AuthorizationContext) =>
    parameterResource(ssm, scope, name ?? "*");
  const onName = (operation: string) => async (input: { Name?: string | undefined }, context: AuthorizationContext) => [
    check(`ssm:${operation}`, await named(input.Name, context)),
  ];
  const onNames =
    (operation: string) => async (input: { Names?: string[] | undefined }, context: AuthorizationContext) => [
      check(`ssm:${operation}`, await Promise.all((input.Names ?? []).map((name) => named(name, context)))),
    ];
  const onSetting =
    (operation: string) =>
    ({ SettingId = "*" }: { SettingId?: string | undefined }, { scope }: AuthorizationContext) => [
      check(`ssm:${operation}`, { arn: parseArn(SettingId) ? SettingId : settingArn(scope, SettingId) }),
    ];
  const onSession =
    (operation: string) =>
    ({ SessionId = "*" }: { SessionId?: string | undefined }, { scope }: AuthorizationContext) => [
      check(`ssm:${operation}`, { arn: formatArn("ssm", scope, `session/${SessionId}`) }),
    ];
  const tagged = (resource: Resource, { scope }: AuthorizationContext) => taggedResource(ssm, scope, resource);
  return {
    AddTagsToResource: async (input, context) => [
      check("ssm:AddTagsToResource", await tagged(input, context), requestTags(input.Tags)),
    ],
    DeleteParameter: onName("DeleteParameter"),
    DeleteParameters: onNames("DeleteParameters"),
    DescribeParameters: (_, { scope }) => [check("ssm:DescribeParameters", { arn: formatArn("ssm", scope, "*") })],
    GetParameter: onName("GetParameter"),
    GetParameterHistory: onName("GetParameterHistory"),
    GetParameters: onNames("GetParameters"),
    GetParametersByPath: ({ Path, Recursive }, { scope }) => [
      // Who may list a hierarchy may read all that is below it.
      check(
        "ssm:GetParametersByPath",
        { arn: parameterArn(scope, Path === "/" ? "/" : (Path ?? "*").replace(/\/$/, "")) },
        { conditions: conditions({ "ssm:Recursive": Recursive ?? false }) },
      ),
    ],
    GetServiceSetting: onSetting("GetServiceSetting"),
    LabelParameterVersion: onName("LabelParameterVersion"),
    ListTagsForResource: async (input, context) => [check("ssm:ListTagsForResource", await tagged(input, context))],
    PutParameter: async (input, context) => {
      const parameter = await named(input.Name, context);
      const put = check("ssm:PutParameter", parameter, {
        conditions: conditions({ "ssm:Overwrite": input.Overwrite ?? false, "ssm:Policies": input.Policies }),
        ...requestTags(input.Tags),
      });
      return input.Tags?.length ? [put, check("ssm:AddTagsToResource", parameter, requestTags(input.Tags))] : [put];
    },
    RemoveTagsFromResource: async (input, context) => [
      check("ssm:RemoveTagsFromResource", await tagged(input, context), removedTags(input.TagKeys)),
    ],
    ResetServiceSetting: onSetting("ResetServiceSetting"),
    ResumeSession: onSession("ResumeSession"),
    TerminateSession: onSession("TerminateSession"),
    UnlabelParameterVersion: onName("UnlabelParameterVersion"),
    UpdateServiceSetting: onSetting("UpdateServiceSetting"),
  };
}

interface Resource {
  ResourceType?: string | undefined;
  ResourceId?: string | undefined;
}

async function taggedResource(
  ssm: Ssm,
  scope: AuthorizationContext["scope"],
  { ResourceType = "", ResourceId = "*" }: Resource,
): Promise<AuthorizedResource> {
  if (ResourceType === "Parameter") return await parameterResource(ssm, scope, ResourceId);
  return { arn: formatArn("ssm", scope, `${ResourceType.toLowerCase()}/${ResourceId}`) };
}

/** A parameter of a request, by its name or ARN; it need not be there. */
async function parameterResource(
  ssm: Ssm,
  scope: AuthorizationContext["scope"],
  text: string,
): Promise<AuthorizedResource> {
  const { name } = nameOf(scope, text);
  if (name === undefined) return { arn: parseArn(text) ? text : parameterArn(scope, text) };
  const found = await findParameter(ssm, scope, name);
  const tags = tagValues(found?.tags);
  return {
    arn: parameterArn(scope, name),
    tags: () => tags,
    conditions: Object.fromEntries(Object.entries(tags).map(([key, value]) => [`ssm:resourceTag/${key}`, value])),
  };
}

/** Names that no parameter can have are refused by the operations, in their own words. */
function nameOf(scope: AuthorizationContext["scope"], text: string): { name?: string } {
  try {
    return parseReference(scope, text);
  } catch {
    return {};
  }
}
