import { parseTimestamp } from "../identity/signature.ts";
import type { WireRequest } from "./protocol.ts";

/** How a request was signed, for policies that ask for it. */
export interface RequestSignature {
  /** When an address was signed that may be handed on; milliseconds since 1970. Unset for those signed in the header. */
  presignedAt?: number;
  /** What the request's header says of its body: `UNSIGNED-PAYLOAD`, or a hash. */
  payload?: string;
}

/** What the head of a request tells of its signature, which is checked elsewhere; `undefined` when it has none. */
export function signatureOf({ headers, query }: Pick<WireRequest, "headers" | "query">): RequestSignature | undefined {
  const payload = headers["x-amz-content-sha256"];
  const said = payload === undefined ? {} : { payload };
  if (query.has("X-Amz-Signature")) return { presignedAt: parseTimestamp(query.get("X-Amz-Date") ?? "") ?? 0, ...said };
  return headers["authorization"] === undefined ? undefined : said;
}
