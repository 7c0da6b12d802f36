import { formatArn } from "../../base/arn.ts";
import type { AuthorizationContext, AuthorizationRules } from "../../wire/authorization.ts";
import { check } from "../../wire/checks.ts";

/**
 * What the operations of CloudTrail need: those that are done to a trail; there is none.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscloudtrail.html
 */
export function cloudTrailRules(): AuthorizationRules<typeof import("@aws-sdk/client-cloudtrail")> {
  const onTrail =
    (action: string) =>
    ({ Name = "" }: { Name: string | undefined }, { scope }: AuthorizationContext) => [
      check(action, { arn: Name.startsWith("arn:") ? Name : formatArn("cloudtrail", scope, `trail/${Name}`) }),
    ];
  return { GetTrail: onTrail("cloudtrail:GetTrail"), GetTrailStatus: onTrail("cloudtrail:GetTrailStatus") };
}
