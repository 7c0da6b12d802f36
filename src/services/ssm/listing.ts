import { formatPageToken, readPageToken } from "../../base/page-token.ts";
import { type Scope, scopeKey } from "../../base/scope.ts";
import { invalidNextToken, invalidPath } from "./errors.ts";
import { pathOf } from "./names.ts";
import type { ParameterRecord } from "./records.ts";
import type { Ssm } from "./ssm.ts";

const PATH = /^(?:\/[A-Za-z0-9_.-]+)+\/?$/;
const BATCH = 200;

/** Which of the parameters are listed, and how many at once. */
export interface Listing {
  /** What their paths begin with, to its last slash. */
  prefix: string;
  /** Those below it too. */
  recursive: boolean;
  wanted?: (parameter: ParameterRecord) => boolean;
  limit: number;
  token: string | undefined;
}

/** A hierarchy, with its last slash. @throws AwsError ValidationException */
export function hierarchyOf(path: string): string {
  if (path === "/") return path;
  if (!PATH.test(path)) throw invalidPath();
  return path.endsWith("/") ? path : `${path}/`;
}

/** Whether a path is in a hierarchy, directly or below. */
export function isIn(path: string, { prefix, recursive }: Pick<Listing, "prefix" | "recursive">): boolean {
  return path.startsWith(prefix) && (recursive || !path.includes("/", prefix.length));
}

/**
 * One page of parameters in the order of their paths.
 * @throws AwsError InvalidNextToken
 */
export async function listParameters(
  { records }: Ssm,
  scope: Scope,
  listing: Listing,
): Promise<{ parameters: ParameterRecord[]; next: string | undefined }> {
  const { prefix, wanted = () => true, limit, token } = listing;
  const found: ParameterRecord[] = [];
  let after = token === undefined ? prefix : placeIn(token, prefix);
  for (;;) {
    const batch = await records.parameters.list(scopeKey(scope), { after, limit: BATCH });
    for (const parameter of batch) {
      after = pathOf(parameter.name);
      if (!after.startsWith(prefix)) return { parameters: found, next: undefined };
      if (!isIn(after, listing) || !wanted(parameter)) continue;
      if (found.length === limit) return { parameters: found, next: tokenOf(found.at(-1)!) };
      found.push(parameter);
    }
    if (batch.length < BATCH) return { parameters: found, next: undefined };
  }
}

function tokenOf({ name }: ParameterRecord): string {
  return formatPageToken("parameters", [pathOf(name)]);
}

function placeIn(token: string, prefix: string): string {
  const [place] = readPageToken("parameters", token) ?? [];
  if (typeof place !== "string" || !place.startsWith(prefix)) throw invalidNextToken();
  return place;
}
