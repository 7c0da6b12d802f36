import { formatArn } from "../../base/arn.ts";
import type { Scope } from "../../base/scope.ts";

export function keyArn(scope: Scope, keyId: string): string {
  return formatArn("kms", scope, `key/${keyId}`);
}

/** @param name `alias/…` */
export function aliasArn(scope: Scope, name: string): string {
  return formatArn("kms", scope, name);
}

/** The account itself, as policies name it. */
export function rootArn(account: string): string {
  return `arn:aws:iam::${account}:root`;
}
