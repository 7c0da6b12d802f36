import { randomInt } from "node:crypto";
import { formatArn, parseArn } from "../../base/arn.ts";
import type { Scope } from "../../base/scope.ts";
import { invalidName, secretNotFound } from "./errors.ts";

const NAME = /^[A-Za-z0-9/_+=.@!-]+$/;
const RESOURCE = /^secret:(.+)$/;
const SUFFIXED = /^(.+)-([A-Za-z0-9]{6})$/;
const SUFFIX_LENGTH = 6;
const SUFFIX_CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** What of a request names a secret. */
export interface SecretReference {
  name: string;
  /** Of a whole ARN. */
  suffix?: string;
}

/** The random end of an ARN. */
export function newSuffix(): string {
  return Array.from({ length: SUFFIX_LENGTH }, () => SUFFIX_CHARACTERS[randomInt(SUFFIX_CHARACTERS.length)]).join("");
}

/** `arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME-a1b2c3` */
export function secretArn(scope: Scope, { name, suffix }: { name: string; suffix: string }): string {
  return formatArn("secretsmanager", scope, `secret:${name}-${suffix}`);
}

/** @throws AwsError ValidationException */
export function checkName(name: string): void {
  if (!NAME.test(name)) throw invalidName();
}

/**
 * Reads a name, a whole ARN, or an ARN without its random end. What ends as an ARN does is taken for a whole one.
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/troubleshoot.html#ARN_secretnamehyphen
 * @throws AwsError ValidationException, ResourceNotFoundException for an ARN of another account or Region
 */
export function parseSecretId(scope: Scope, id: string): SecretReference {
  const arn = parseArn(id);
  if (!arn) {
    checkName(id);
    return { name: id };
  }
  const rest = RESOURCE.exec(arn.resource)?.[1];
  const ours = arn.service === "secretsmanager" && arn.region === scope.region && arn.account === scope.account;
  if (rest === undefined || !ours) throw secretNotFound();
  checkName(rest);
  const [, name, suffix] = SUFFIXED.exec(rest) ?? [];
  return name !== undefined && suffix !== undefined ? { name, suffix } : { name: rest };
}
