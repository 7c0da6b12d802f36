import { formatArn, parseArn } from "../../base/arn.ts";
import type { Scope } from "../../base/scope.ts";
import {
  invalidName,
  notQualified,
  parameterNotFound,
  reservedPath,
  reservedPrefix,
  tooDeep,
  validation,
} from "./errors.ts";

const NAME = /^(?:(?:\/[A-Za-z0-9_.-]+)+|[A-Za-z0-9_.-]+)$/;
const HIERARCHY_WITHOUT_ROOT = /^[A-Za-z0-9_.-]+(?:\/[A-Za-z0-9_.-]+)+$/;
/** A name's length with that of the ARN before it. */
const MAX_LENGTH = 1011;
const MAX_LEVELS = 15;
const VERSION = /^[0-9]+$/;

/** What of a request names a parameter, or one version of it. */
export interface ParameterReference {
  name: string;
  /** What stands behind the colon: a version or a label. */
  selector?: string;
}

/** `arn:aws:ssm:REGION:ACCOUNT:parameter/NAME`, https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-access.html */
export function parameterArn(scope: Scope, name: string): string {
  return formatArn("ssm", isPublic(name) ? { ...scope, account: "" } : scope, `parameter${pathOf(name)}`);
}

/** A name with its leading slash, which a name of one level need not have: `a` and `/a` are one parameter. */
export function pathOf(name: string): string {
  return name.startsWith("/") ? name : `/${name}`;
}

/** What AWS itself offers everybody. */
export function isPublic(name: string): boolean {
  return name.startsWith("/aws/service/");
}

/**
 * Checks a name that a parameter is to have.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-su-create.html
 * @throws AwsError ValidationException, AccessDeniedException, HierarchyLevelLimitExceededException
 */
export function checkNewName(scope: Scope, name: string): void {
  const hierarchical = name.lastIndexOf("/") > 0;
  if (/^\/aws/i.test(name) && hierarchical) throw reservedPath(name);
  if (/^\/?(?:aws|ssm)/i.test(name)) throw hierarchical ? invalidName() : reservedPrefix();
  if (HIERARCHY_WITHOUT_ROOT.test(name)) throw notQualified();
  if (!NAME.test(name)) throw invalidName();
  if (parameterArn(scope, name).length > MAX_LENGTH)
    throw validation(`Parameter name must not be longer than ${MAX_LENGTH} characters, its ARN included.`);
  if (pathOf(name).split("/").length - 1 > MAX_LEVELS) throw tooDeep();
}

/**
 * Reads a name or ARN with a version or label behind it.
 * @throws AwsError ValidationException, ParameterNotFound for an ARN of another account or Region
 */
export function parseReference(scope: Scope, text: string): ParameterReference {
  const arn = parseArn(text);
  const full = arn ? /^parameter(\/.+)$/.exec(arn.resource)?.[1] : text;
  if (
    arn &&
    !(full !== undefined && arn.service === "ssm" && arn.region === scope.region && isOurs(scope, arn.account, full))
  )
    throw parameterNotFound();
  const [name = "", selector, ...rest] = full!.split(":");
  if (rest.length || selector === "") throw parameterNotFound();
  if (!NAME.test(name)) throw invalidName();
  return selector === undefined ? { name } : { name, selector };
}

/** The version that a selector names, or nothing for a label. */
export function versionOf(selector: string): number | undefined {
  return VERSION.test(selector) ? Number(selector) : undefined;
}

function isOurs({ account }: Scope, ofArn: string, name: string): boolean {
  return ofArn === account || (ofArn === "" && isPublic(name));
}
