import { timingSafeEqual } from "node:crypto";
import type { Clock } from "../base/clock.ts";
import type { AccessKey, AccessKeyLookup } from "./access-key.ts";
import { AuthenticationError } from "./authentication-error.ts";
import type { Authenticator, Identity } from "./authenticator.ts";
import { ChunkSignatures } from "./chunk-signatures.ts";
import { canonicalRequest } from "./canonical-request.ts";
import type { Principal } from "./principal.ts";
import { ALGORITHM, formatTimestamp, parseSignature, type Signature } from "./signature.ts";
import type { SignedRequest } from "./signed-request.ts";
import { SigningKeys, TERMINATOR, sha256Hex } from "./signing-key.ts";

const UNSIGNED_PAYLOAD = "UNSIGNED-PAYLOAD";
const SIGNED_CHUNKS = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD";
/** How a streamed body may be signed that is not hashed as a whole. */
const STREAMED_PAYLOADS: ReadonlySet<string> = new Set([
  SIGNED_CHUNKS,
  `${SIGNED_CHUNKS}-TRAILER`,
  "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
]);
/** Headers that need not be signed as such: what they say goes into the signature, or is compared with the key. */
const COVERED_HEADERS: ReadonlySet<string> = new Set(["x-amz-date", "x-amz-content-sha256", "x-amz-security-token"]);
const INVALID_TOKEN = "The security token included in the request is invalid.";

/** How far a signer's clock may be off, in minutes; 5 where nothing else is known. */
const SKEW_MINUTES: Readonly<Record<string, number>> = { s3: 15, sts: 15, iam: 15 };
const DEFAULT_SKEW_MINUTES = 5;

/** What a key was used for. */
export interface KeyUse {
  service: string;
  region: string;
  /** Milliseconds since 1970. */
  at: number;
}

/** Checks Signature Version 4, in the header and in presigned URLs, in the order in which AWS does. */
export class SignatureAuthenticator implements Authenticator {
  private readonly findKey: AccessKeyLookup;
  private readonly clock: Clock;
  private readonly used: (principal: Principal, use: KeyUse) => void;
  private readonly keys = new SigningKeys();

  /** @param used is told of every signature that was right */
  constructor(findKey: AccessKeyLookup, clock: Clock, used: (principal: Principal, use: KeyUse) => void = () => {}) {
    this.findKey = findKey;
    this.clock = clock;
    this.used = used;
  }

  async authenticate(request: SignedRequest, signingName: string): Promise<Identity> {
    const signature = parseSignature(request);
    this.checkTime(signature);
    checkSigned("Host", signature);
    checkScope(signature, signingName);
    const key = await this.findKey(signature.accessKeyId, signature.sessionToken);
    this.checkKey(key, signature);
    for (const name of Object.keys(request.headers))
      if (name.startsWith("x-amz-") && !COVERED_HEADERS.has(name)) checkSigned(name, signature);
    this.checkSignature(request, signature, key);
    const { service, region } = signature;
    this.used(key.principal, { service, region, at: this.clock.now() });
    const identity = { principal: key.principal, region };
    const chunked = request.streamed && request.headers["x-amz-content-sha256"]?.startsWith(SIGNED_CHUNKS);
    return chunked ? { ...identity, chunks: this.chunkSignatures(signature, key) } : identity;
  }

  private chunkSignatures(signature: Signature, key: AccessKey): ChunkSignatures {
    const { date, region, service, timestamp, signature: seed } = signature;
    return new ChunkSignatures({
      timestamp,
      scope: `${date}/${region}/${service}/${TERMINATOR}`,
      seed,
      sign: (text) => this.keys.sign(key.secretAccessKey, date, region, service, text),
    });
  }

  private checkTime({ signedAt, timestamp, service, presigned, expiresSeconds }: Signature): void {
    const minutes = SKEW_MINUTES[service] ?? DEFAULT_SKEW_MINUTES;
    const now = this.clock.now();
    const skewMs = minutes * 60_000;
    if (signedAt > now + skewMs)
      throw new AuthenticationError(
        "notYetCurrent",
        `Signature not yet current: ${timestamp} is still later than ${formatTimestamp(now + skewMs)} (${formatTimestamp(now)} + ${minutes} min.)`,
      );
    if (presigned) {
      const end = signedAt + expiresSeconds! * 1000;
      if (now > end)
        throw new AuthenticationError(
          "expired",
          `Signature expired: ${formatTimestamp(end)} is now earlier than ${formatTimestamp(now)}`,
        );
    } else if (signedAt < now - skewMs)
      throw new AuthenticationError(
        "expired",
        `Signature expired: ${timestamp} is now earlier than ${formatTimestamp(now - skewMs)} (${formatTimestamp(now)} - ${minutes} min.)`,
      );
  }

  private checkKey(key: AccessKey | undefined, signature: Signature): asserts key is AccessKey {
    const { sessionToken } = signature;
    if (!key || !sameText(key.sessionToken ?? "", sessionToken ?? ""))
      throw new AuthenticationError(sessionToken ? "invalidToken" : "unknownKey", INVALID_TOKEN);
    if (key.expiresAt !== undefined && key.expiresAt <= this.clock.now())
      throw new AuthenticationError("expiredToken", "The security token included in the request is expired");
    if (signature.service === "iam" && isPlainSession(key))
      throw new AuthenticationError("invalidToken", INVALID_TOKEN);
  }

  private checkSignature(request: SignedRequest, signature: Signature, key: AccessKey): void {
    const { service, date, region, timestamp, signedHeaders } = signature;
    const payloadHash = signedPayloadHash(request, signature);
    const canonical = canonicalRequest(request, service, signedHeaders, payloadHash);
    const text = `${ALGORITHM}\n${timestamp}\n${date}/${region}/${service}/${TERMINATOR}\n${sha256Hex(canonical)}`;
    const expected = this.keys.sign(key.secretAccessKey, date, region, service, text);
    const given = Buffer.from(signature.signature, "hex");
    if (given.length !== expected.length || !timingSafeEqual(given, expected))
      throw new AuthenticationError(
        "wrongSignature",
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.",
      );
  }
}

/** Of GetSessionToken: IAM takes such keys only with a one-time code. */
function isPlainSession({ principal }: AccessKey): boolean {
  return (principal.type === "User" || principal.type === "Root") && principal.session !== undefined;
}

/** The host and all of AWS's own headers: unsigned, they could say something that the signer did not. */
function checkSigned(name: string, { signedHeaders }: Signature): void {
  if (!signedHeaders.includes(name.toLowerCase()))
    throw new AuthenticationError("wrongSignature", `'${name}' must be a 'SignedHeader' in the AWS Authorization.`);
}

function checkScope({ date, region, service, terminator, timestamp }: Signature, signingName: string): void {
  const faults: string[] = [];
  if (!/^[a-z0-9-]{1,64}$/.test(region))
    faults.push(`Credential should be scoped to a valid region, not '${region}'. `);
  if (service !== signingName) faults.push(`Credential should be scoped to correct service: '${signingName}'. `);
  if (terminator !== TERMINATOR)
    faults.push(`Credential should be scoped with a valid terminator: '${TERMINATOR}', not '${terminator}'. `);
  const day = timestamp.slice(0, 8);
  if (date !== day)
    faults.push(
      `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${date}' != '${day}', from '${timestamp}'. `,
    );
  if (faults.length) throw new AuthenticationError("wrongScope", faults.join(""));
}

/** The payload's hash as the signer wrote it, after checking that it is the body's. */
function signedPayloadHash({ headers, rawBody, query, streamed }: SignedRequest, signature: Signature): string {
  const declared = headers["x-amz-content-sha256"] ?? query.get("X-Amz-Content-Sha256") ?? undefined;
  if (declared === undefined)
    return signature.presigned && signature.service === "s3" ? UNSIGNED_PAYLOAD : sha256Hex(rawBody);
  if (streamed && STREAMED_PAYLOADS.has(declared)) return declared;
  if (declared.startsWith("STREAMING-"))
    throw new AuthenticationError("unsupported", `Payloads signed as ${declared} are not supported by Neargate.`);
  if (declared === UNSIGNED_PAYLOAD || streamed) return declared;
  if (!sameText(declared, sha256Hex(rawBody)))
    throw new AuthenticationError(
      "payloadMismatch",
      "The provided 'x-amz-content-sha256' header does not match what was computed.",
    );
  return declared;
}

function sameText(a: string, b: string): boolean {
  const [first, second] = [Buffer.from(a), Buffer.from(b)];
  return first.length === second.length && timingSafeEqual(first, second);
}
