import { formatPageToken, readPageToken } from "../../base/page-token.ts";
import { invalidInput } from "./errors.ts";

const DEFAULT_RESULTS = 100;

/**
 * One page of items that are sorted by their place.
 * @param list tells the tokens of different lists apart
 * @throws AwsError InvalidInput for a token that is not of this list
 */
export function page<T>(
  items: readonly T[],
  { MaxResults = DEFAULT_RESULTS, NextToken }: { MaxResults?: number; NextToken?: string },
  list: string,
  placeOf: (item: T) => string,
): { items: T[]; next: { NextToken?: string } } {
  const after = NextToken === undefined ? undefined : placeIn(list, NextToken);
  const rest = after === undefined ? items : items.filter((item) => placeOf(item) > after);
  const shown = rest.slice(0, MaxResults);
  const next = shown.length < rest.length ? { NextToken: formatPageToken(list, [placeOf(shown.at(-1)!)]) } : {};
  return { items: shown, next };
}

function placeIn(list: string, token: string): string {
  const [place] = readPageToken(list, token) ?? [];
  if (typeof place !== "string") throw invalidInput("The specified NextToken is invalid.");
  return place;
}
