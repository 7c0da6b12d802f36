import { pageOf } from "../../base/page.ts";
import { formatPageToken, readPageToken } from "../../base/page-token.ts";
import { invalidParameter } from "./errors.ts";

const MAX_PAGE = 100;

interface PageRequest {
  nextToken?: string | undefined;
  maxResults?: number | undefined;
}

/** What is listed. */
export interface Listing {
  /** The operation: a token of another is refused. */
  list: string;
  /** Items of a page unless told. */
  size: number;
}

/** A page of items and the token of the next: the token is the last id of the page, so it stays right while things change. */
export function page<T>(
  items: readonly T[],
  idOf: (item: T) => string,
  request: PageRequest,
  { list, size }: Listing,
): { items: T[]; nextToken?: string } {
  const wanted = { list, limit: pageSize(request, size), token: request.nextToken || undefined, invalidToken };
  const { items: found, next } = pageOf(items, wanted, idOf);
  return { items: found, ...(next === undefined ? {} : { nextToken: next }) };
}

/** As {@link page}, of ids that are read page by page, in either order. */
export async function pageOfIds(
  read: (part: { after: string | undefined; limit: number }) => Promise<string[]>,
  request: PageRequest,
  { list, size }: Listing,
): Promise<{ items: string[]; nextToken?: string }> {
  const limit = pageSize(request, size);
  const found = await read({
    after: request.nextToken ? placeIn(list, request.nextToken) : undefined,
    limit: limit + 1,
  });
  const items = found.slice(0, limit);
  return { items, ...(found.length > limit ? { nextToken: formatPageToken(list, [items.at(-1)!]) } : {}) };
}

/** A page of what there is none of: what is asked for is checked all the same. */
export function emptyPage(request: PageRequest): never[] {
  pageSize(request, MAX_PAGE);
  if (request.nextToken) throw invalidToken();
  return [];
}

function pageSize({ maxResults }: PageRequest, size: number): number {
  const wanted = maxResults ?? size;
  if (wanted > MAX_PAGE) throw invalidParameter(`Max results can not be greater than ${MAX_PAGE}`);
  if (wanted < 1) throw invalidParameter("Max results can not be lesser than 1");
  return wanted;
}

function placeIn(list: string, token: string): string {
  const [place] = readPageToken(list, token) ?? [];
  if (typeof place !== "string") throw invalidToken();
  return place;
}

const invalidToken = () => invalidParameter("Invalid token.");
