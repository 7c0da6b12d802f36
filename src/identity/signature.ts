import { AuthenticationError } from "./authentication-error.ts";
import type { SignedRequest } from "./signed-request.ts";

export const ALGORITHM = "AWS4-HMAC-SHA256";

/** A Signature Version 4 as it stands in a request, in the `Authorization` header or in a presigned URL. */
export interface Signature {
  presigned: boolean;
  accessKeyId: string;
  /** Of the credential scope. */
  date: string;
  region: string;
  service: string;
  terminator: string;
  signedHeaders: readonly string[];
  /** Hexadecimal. */
  signature: string;
  /** `20150830T123600Z`. */
  timestamp: string;
  /** Milliseconds since 1970. */
  signedAt: number;
  /** Seconds for which a presigned URL is valid. */
  expiresSeconds: number | undefined;
  sessionToken: string | undefined;
}

const MAX_EXPIRES_SECONDS = 604_800;

/**
 * Takes the signature out of a request, https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-signing-elements.html
 * @throws AuthenticationError `missing` or `incomplete`
 */
export function parseSignature(request: SignedRequest): Signature {
  const header = request.headers["authorization"];
  const presigned = request.query.has("X-Amz-Algorithm") || request.query.has("X-Amz-Signature");
  if (presigned && header !== undefined)
    throw incomplete("Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.");
  if (presigned) return fromQuery(request.query);
  if (header === undefined || header === "") throw new AuthenticationError("missing", "Missing Authentication Token");
  return fromHeader(header, request);
}

function fromHeader(header: string, request: SignedRequest): Signature {
  const space = header.indexOf(" ");
  const algorithm = space < 0 ? header : header.slice(0, space);
  const parameters = algorithm.startsWith("AWS4-") ? headerParameters(header, space) : new Map<string, string>();
  const timestamp = request.headers["x-amz-date"] ?? isoFromHttpDate(request.headers["date"]);
  const missing = ["Credential", "Signature", "SignedHeaders"]
    .filter((name) => !parameters.get(name))
    .map((name) => `Authorization header requires '${name}' parameter. `);
  if (timestamp === undefined)
    missing.push("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ");
  if (missing.length) throw incomplete(`${missing.join("")}Authorization=${header}`);
  return assemble({
    presigned: false,
    algorithm,
    credential: parameters.get("Credential")!,
    signedHeaders: parameters.get("SignedHeaders")!,
    signature: parameters.get("Signature")!,
    timestamp: timestamp!,
    expiresSeconds: undefined,
    sessionToken: request.headers["x-amz-security-token"],
  });
}

function headerParameters(header: string, space: number): Map<string, string> {
  const parameters = new Map<string, string>();
  if (space < 0) return parameters;
  for (const part of header.slice(space + 1).split(/[,\s]+/)) {
    if (!part) continue;
    const equals = part.indexOf("=");
    if (equals < 0)
      throw incomplete(
        `'${part}' not a valid key=value pair (missing equal-sign) in Authorization header: '${header}'.`,
      );
    parameters.set(part.slice(0, equals), part.slice(equals + 1));
  }
  return parameters;
}

function fromQuery(query: URLSearchParams): Signature {
  const names = ["X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature", "X-Amz-SignedHeaders", "X-Amz-Date"];
  const missing = names.filter((name) => !query.get(name));
  if (missing.length)
    throw incomplete(
      `${missing.map((name) => `AWS query-string parameters must include '${name}'. `).join("")}Re-examine the query-string parameters.`,
    );
  const expires = query.get("X-Amz-Expires") ?? "";
  if (!/^\d{1,6}$/.test(expires) || Number(expires) > MAX_EXPIRES_SECONDS)
    throw incomplete("X-Amz-Expires must be a number of seconds, at most 604800");
  return assemble({
    presigned: true,
    algorithm: query.get("X-Amz-Algorithm")!,
    credential: query.get("X-Amz-Credential")!,
    signedHeaders: query.get("X-Amz-SignedHeaders")!,
    signature: query.get("X-Amz-Signature")!,
    timestamp: query.get("X-Amz-Date")!,
    expiresSeconds: Number(expires),
    sessionToken: query.get("X-Amz-Security-Token") ?? undefined,
  });
}

interface Parts {
  presigned: boolean;
  algorithm: string;
  credential: string;
  signedHeaders: string;
  signature: string;
  timestamp: string;
  expiresSeconds: number | undefined;
  sessionToken: string | undefined;
}

function assemble(parts: Parts): Signature {
  const { algorithm, credential, timestamp } = parts;
  const signedAt = parseTimestamp(timestamp);
  if (signedAt === undefined)
    throw incomplete(
      `Date must be in ISO-8601 'basic format'. Got '${timestamp}'. See http://en.wikipedia.org/wiki/ISO_8601`,
    );
  if (algorithm !== ALGORITHM)
    throw incomplete(`Unsupported AWS 'algorithm': '${algorithm}' (only ${ALGORITHM} for now). `);
  const elements = credential.split("/");
  if (elements.length !== 5 || elements.some((element) => !element))
    throw incomplete(
      `Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '${credential}'`,
    );
  const [accessKeyId, date, region, service, terminator] = elements as [string, string, string, string, string];
  const signedHeaders = parts.signedHeaders.toLowerCase().split(";");
  return { ...parts, signedHeaders, signedAt, accessKeyId, date, region, service, terminator };
}

/** `20150830T123600Z` in milliseconds since 1970; `undefined` when the text is no such moment. */
export function parseTimestamp(text: string): number | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (!match) return undefined;
  const [, year, month, day, hour, minute, second] = match;
  const ms = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(ms) ? undefined : ms;
}

/** The inverse of {@link parseTimestamp}. */
export function formatTimestamp(ms: number): string {
  return new Date(ms).toISOString().replace(/[-:]|\.\d{3}/g, "");
}

function isoFromHttpDate(date: string | undefined): string | undefined {
  if (date === undefined) return undefined;
  const ms = Date.parse(date);
  return Number.isNaN(ms) ? date : formatTimestamp(ms);
}

function incomplete(message: string): AuthenticationError {
  return new AuthenticationError("incomplete", message);
}
