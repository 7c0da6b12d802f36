import { formatArn, parseArn } from "../../../base/arn.ts";
import type { Scope } from "../../../base/scope.ts";

/** `arn:aws:cloudwatch:REGION:ACCOUNT:alarm:NAME` */
export function alarmArn(scope: Scope, alarmName: string): string {
  return formatArn("cloudwatch", scope, `alarm:${alarmName}`);
}

/** The name of an alarm of this account and Region; `undefined` for any other ARN. */
export function alarmNameIn(scope: Scope, arn: string): string | undefined {
  const parts = parseArn(arn);
  if (parts?.service !== "cloudwatch" || parts.account !== scope.account || parts.region !== scope.region)
    return undefined;
  return parts.resource.startsWith("alarm:") ? parts.resource.slice("alarm:".length) : undefined;
}
