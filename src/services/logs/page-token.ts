import { readPageToken } from "../../base/page-token.ts";
import { invalidNextToken } from "./errors.ts";

/**
 * The place in a token; `undefined` for the first page.
 * @throws AwsError `InvalidParameterException` for a token that is not of this list
 */
export function parsePageToken(list: string, token: string | undefined): (string | number)[] | undefined {
  if (token === undefined) return undefined;
  const place = readPageToken(list, token);
  if (!place) throw invalidNextToken();
  return place;
}
