import { formatPageToken, readPageToken } from "./page-token.ts";

/** What a request asks for of a list. */
export interface PageRequest {
  /** Tells the tokens of different lists apart. */
  list: string;
  limit: number;
  /** Where the list goes on; unset for its beginning. */
  token: string | undefined;
  /** What is thrown for a token that is not of this list. */
  invalidToken: () => Error;
}

/** One page of items that are in the order of their places; `next` is unset behind the last. */
export function pageOf<T>(
  items: readonly T[],
  { list, limit, token, invalidToken }: PageRequest,
  placeOf: (item: T) => string,
): { items: T[]; next: string | undefined } {
  const after = token === undefined ? undefined : readPageToken(list, token)?.[0];
  if (token !== undefined && typeof after !== "string") throw invalidToken();
  const left = after === undefined ? items : items.filter((item) => placeOf(item) > String(after));
  const shown = left.slice(0, limit);
  const next = shown.length < left.length ? formatPageToken(list, [placeOf(shown.at(-1)!)]) : undefined;
  return { items: shown, next };
}
