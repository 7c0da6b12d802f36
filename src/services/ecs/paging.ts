import { invalidParameter } from "./errors.ts";

const MAX_PAGE = 100;

interface PageRequest {
  nextToken?: string | undefined;
  maxResults?: number | undefined;
}

/** A page of ids and the token of the next: the token is the last id of the page, so it stays right while things change. */
export function page<T>(
  items: readonly T[],
  idOf: (item: T) => string,
  request: PageRequest,
  defaultSize: number,
): { items: T[]; nextToken?: string } {
  const { size, after } = wantedPage(request, defaultSize);
  const start = after === undefined ? 0 : items.findIndex((item) => idOf(item) > after);
  const found = start < 0 ? [] : items.slice(start, start + size);
  const more = start >= 0 && start + size < items.length;
  return { items: found, ...(more ? { nextToken: encodeToken(idOf(found.at(-1)!)) } : {}) };
}

/** As {@link page}, of ids that are read page by page. */
export async function pageOfIds(
  read: (part: { after: string | undefined; limit: number }) => Promise<string[]>,
  request: PageRequest,
  defaultSize: number,
): Promise<{ items: string[]; nextToken?: string }> {
  const { size, after } = wantedPage(request, defaultSize);
  const found = await read({ after, limit: size + 1 });
  const items = found.slice(0, size);
  return { items, ...(found.length > size ? { nextToken: encodeToken(items.at(-1)!) } : {}) };
}

function wantedPage(request: PageRequest, defaultSize: number): { size: number; after: string | undefined } {
  const size = request.maxResults ?? defaultSize;
  if (size > MAX_PAGE) throw invalidParameter(`Max results can not be greater than ${MAX_PAGE}`);
  if (size < 1) throw invalidParameter("Max results can not be lesser than 1");
  return { size, after: request.nextToken ? decodeToken(request.nextToken) : undefined };
}

/** A page of what there is none of: what is asked for is checked all the same. */
export function emptyPage(request: PageRequest): never[] {
  wantedPage(request, MAX_PAGE);
  return [];
}

const encodeToken = (id: string) => Buffer.from(`1:${id}`).toString("base64url");

function decodeToken(token: string): string {
  const text = Buffer.from(token, "base64url").toString();
  if (!text.startsWith("1:") || encodeToken(text.slice(2)) !== token) throw invalidParameter("Invalid token.");
  return text.slice(2);
}
