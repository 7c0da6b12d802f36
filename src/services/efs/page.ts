import { formatPageToken, readPageToken } from "../../base/page-token.ts";
import { badRequest } from "./errors.ts";

/** Also the most that there are. */
const DEFAULT_ITEMS = 100;

/**
 * One page of items in a stable order.
 * @param list tells the tokens of different lists apart
 * @throws AwsError BadRequest for a token that is not of this list
 */
export function page<T>(
  items: readonly T[],
  { limit = DEFAULT_ITEMS, token }: { limit: number | undefined; token: string | undefined },
  list: string,
  placeOf: (item: T, index: number) => string,
): { items: T[]; next: string | undefined } {
  const after = token === undefined ? undefined : placeIn(list, token);
  const rest = items.map((item, index) => ({ item, place: placeOf(item, index) }));
  const left = after === undefined ? rest : rest.filter(({ place }) => place > after);
  const shown = left.slice(0, Math.min(limit, DEFAULT_ITEMS));
  const next = shown.length < left.length ? formatPageToken(list, [shown.at(-1)!.place]) : undefined;
  return { items: shown.map(({ item }) => item), next };
}

/** The place of an item in a list that has no ids. */
export function placeByIndex(_: unknown, index: number): string {
  return String(index).padStart(6, "0");
}

function placeIn(list: string, token: string): string {
  const [place] = readPageToken(list, token) ?? [];
  if (typeof place !== "string") throw badRequest("The marker or token is not valid.");
  return place;
}
