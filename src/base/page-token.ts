/** Where a list goes on, as an opaque text. `list` tells the tokens of different lists apart. */
export function formatPageToken(list: string, place: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify([list, ...place])).toString("base64url");
}

/** The inverse of {@link formatPageToken}; `undefined` for what is no token of this list. */
export function readPageToken(list: string, token: string): (string | number)[] | undefined {
  try {
    const parts: unknown = JSON.parse(Buffer.from(token, "base64url").toString());
    if (Array.isArray(parts) && parts[0] === list) return parts.slice(1) as (string | number)[];
  } catch {
    // not ours
  }
  return undefined;
}
