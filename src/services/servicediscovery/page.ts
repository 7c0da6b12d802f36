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
  const after = NextToken === undefined ? undefined : readToken(list, NextToken);
  const rest = after === undefined ? items : items.filter((item) => placeOf(item) > after);
  const shown = rest.slice(0, MaxResults);
  const next = shown.length < rest.length ? { NextToken: writeToken(list, placeOf(shown.at(-1)!)) } : {};
  return { items: shown, next };
}

function writeToken(list: string, place: string): string {
  return Buffer.from(JSON.stringify([list, place])).toString("base64url");
}

function readToken(list: string, token: string): string {
  try {
    const parts: unknown = JSON.parse(Buffer.from(token, "base64url").toString());
    if (Array.isArray(parts) && parts[0] === list && typeof parts[1] === "string") return parts[1];
  } catch {
    // not ours
  }
  throw invalidInput("The specified NextToken is invalid.");
}
