import { formatArn } from "../../base/arn.ts";

export type ArnKind = "user" | "group" | "role" | "policy" | "instance-profile";

/** `arn:aws:iam::000000000000:role/a/b/name`: IAM's ARNs have no Region. */
export function iamArn(account: string, kind: ArnKind, path: string, name: string): string {
  return formatArn("iam", { account, region: "" }, `${kind}${path}${name}`);
}

export function oidcProviderArn(account: string, url: string): string {
  return formatArn("iam", { account, region: "" }, `oidc-provider/${url}`);
}

/** The name at the end of an ARN, behind the path. */
export function nameInArn(arn: string): string {
  return arn.slice(arn.lastIndexOf("/") + 1);
}
