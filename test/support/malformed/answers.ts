import { cbor } from "@smithy/core/cbor";
import type { FuzzAnswer } from "./answer-reader.ts";
import type { FuzzProtocol, FuzzRequest } from "./requests.ts";

/** What is wrong with an answer to a request that no client sends; `undefined` when it is one that a service gives. */
export function faultOf(
  protocol: FuzzProtocol,
  { method, broken }: FuzzRequest,
  answer: FuzzAnswer,
): string | undefined {
  const { status } = answer;
  if (status < 400) return broken ? `accepted with ${status}` : undefined;
  // A head that Node.js itself refuses, and S3's way to say that something is not built.
  if (status === 417 || status === 431 || (status === 501 && protocol === "restXml")) return undefined;
  if (status >= 500) return `${status}: ${answer.body.toString("latin1").slice(0, 300)}`;
  if (method === "HEAD") return undefined;
  return hasErrorShape(answer)
    ? undefined
    : `${status} in no error's shape: ${answer.body.toString("latin1").slice(0, 300)}`;
}

/** A code in the form that its content type says. A request may name another protocol than it was made for. */
function hasErrorShape({ contentType, errorType, body }: FuzzAnswer): boolean {
  if (/xml/.test(contentType)) return /<Code>\w[\w.]*<\/Code>/.test(body.toString("utf8"));
  try {
    const document: unknown = /cbor/.test(contentType) ? cbor.deserialize(body) : JSON.parse(body.toString("utf8"));
    return typeof document === "object" && document !== null && ("__type" in document || errorType !== undefined);
  } catch {
    return false;
  }
}

/** Enough of a request to send it again. */
export function describeRequest({ what, method, path, body }: FuzzRequest): string {
  return `${what}: ${method} ${path}\n${body.subarray(0, 500).toString("latin1")}\n`;
}
