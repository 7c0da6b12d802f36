import { invalidNextToken } from "./errors.ts";

/** Where a list goes on, as an opaque text. `list` tells the tokens of different lists apart. */
export function formatPageToken(list: string, place: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify([list, ...place])).toString("base64url");
}

/**
 * The inverse of {@link formatPageToken}; `undefined` for the first page.
 * @throws AwsError `InvalidParameterException` for a token that is not of this list
 */
export function parsePageToken(list: string, token: string | undefined): (string | number)[] | undefined {
  if (token === undefined) return undefined;
  try {
    const parts: unknown = JSON.parse(Buffer.from(token, "base64url").toString());
    if (Array.isArray(parts) && parts[0] === list) return parts.slice(1) as (string | number)[];
  } catch {
    // not ours
  }
  throw invalidNextToken();
}
