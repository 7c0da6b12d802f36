import { invalidParameter } from "./errors.ts";

const DEFAULT_PAGE = 100;

/** Where a page begins and how long it is, as a request asks. */
export interface PageRequest {
  nextToken?: string;
  maxResults?: number;
}

/** The key that a page begins behind, and its length. @throws AwsError `InvalidParameterException` */
export function pageBounds({ nextToken, maxResults }: PageRequest): { after?: string; limit: number } {
  return { after: nextToken === undefined ? undefined : decodeToken(nextToken), limit: maxResults ?? DEFAULT_PAGE };
}

/** One page of items that are in the order of their keys. */
export function pageOf<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
  request: PageRequest,
): { page: T[]; nextToken?: string } {
  const { after, limit } = pageBounds(request);
  const rest = after === undefined ? items : items.filter((item) => keyOf(item) > after);
  const page = rest.slice(0, limit);
  return rest.length > limit ? { page, nextToken: encodeToken(keyOf(page.at(-1)!)) } : { page };
}

/** The token of the page behind `key`. */
export function encodeToken(key: string): string {
  return Buffer.from(JSON.stringify({ after: key })).toString("base64");
}

function decodeToken(token: string): string {
  try {
    const { after } = JSON.parse(Buffer.from(token, "base64").toString()) as { after?: unknown };
    if (typeof after === "string") return after;
  } catch {
    // answered below
  }
  throw invalidParameter("nextToken", "Invalid nextToken");
}
