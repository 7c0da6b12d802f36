import { formatPageToken, readPageToken } from "../../base/page-token.ts";
import { invalidNextToken } from "./errors.ts";

/** What a list is sorted by, and at last the name or id that tells items apart. */
export type Place = readonly [key: string, id: string];

/**
 * One page of a sorted list.
 * @param list tells the tokens of different lists apart
 * @throws AwsError InvalidNextTokenException for a token that is not of this list
 */
export function page<T>(
  items: readonly T[],
  { limit, token, descending = false }: { limit: number; token: string | undefined; descending?: boolean },
  list: string,
  placeOf: (item: T) => Place,
): { items: T[]; next: string | undefined } {
  const direction = descending ? -1 : 1;
  const sorted = items
    .map((item) => ({ item, place: placeOf(item) }))
    .toSorted((a, b) => direction * compare(a.place, b.place));
  const after = token === undefined ? undefined : placeIn(list, token);
  const left = after ? sorted.filter(({ place }) => direction * compare(place, after) > 0) : sorted;
  const shown = left.slice(0, limit);
  const next = shown.length < left.length ? formatPageToken(list, shown.at(-1)!.place) : undefined;
  return { items: shown.map(({ item }) => item), next };
}

function compare(a: Place, b: Place): number {
  for (const index of [0, 1] as const) if (a[index] !== b[index]) return a[index] < b[index] ? -1 : 1;
  return 0;
}

function placeIn(list: string, token: string): Place {
  const [key, id] = readPageToken(list, token) ?? [];
  if (typeof key !== "string" || typeof id !== "string") throw invalidNextToken();
  return [key, id];
}
