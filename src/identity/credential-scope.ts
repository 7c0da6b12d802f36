import type { SignedRequest } from "./signed-request.ts";

/** The service that a request says it was signed for; nothing of it is checked. For routing. */
export function claimedService({ headers, query }: Pick<SignedRequest, "headers" | "query">): string | undefined {
  const header = headers["authorization"];
  const credential = header
    ? /Credential=[^/,\s]*\/\d*\/[^/,\s]*\/([^/,\s]+)\//.exec(header)?.[1]
    : query.get("X-Amz-Credential")?.split("/")[3];
  return credential;
}
