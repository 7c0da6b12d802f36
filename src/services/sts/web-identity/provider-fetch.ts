import { X509Certificate } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { get, type RequestOptions } from "node:https";
import { connect, type DetailedPeerCertificate, type TLSSocket } from "node:tls";
import { errnoOf } from "../../../base/errors.ts";
import { invalidIdentityToken, noVerificationKey, providerUnreachable } from "../errors.ts";

/**
 * Reads a JSON document of an identity provider.
 * @param thumbprints SHA-1 of certificates that are trusted for it, beside those that are trusted anyway
 * @throws AwsError InvalidIdentityToken, IDPCommunicationError
 */
export type FetchDocument = (url: string, thumbprints: readonly string[]) => Promise<unknown>;

const TIMEOUT_MS = 5000;
const MAX_BYTES = 1024 * 1024;
/** A certificate that nobody whom the system trusts has signed. */
const UNTRUSTED = new Set([
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
]);

/** {@link FetchDocument} by HTTPS. Redirections are not followed. */
export const fetchDocument: FetchDocument = async (text, thumbprints) => {
  const url = URL.parse(text);
  if (url?.protocol !== "https:") throw noVerificationKey();
  try {
    return await read(url, {});
  } catch (cause) {
    if (!(cause instanceof UntrustedError)) throw cause;
  }
  const ca = await certificateOf(url, thumbprints);
  if (!ca) throw invalidIdentityToken("OpenIDConnect provider's HTTPS certificate doesn't match configured thumbprint");
  return await read(url, { ca, allowPartialTrustChain: true });
};

class UntrustedError extends Error {}

async function read(url: URL, options: RequestOptions): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  get(url, { ...options, signal, headers: { accept: "application/json" }, agent: false }, resolve).on("error", reject);
  let body: string;
  try {
    const response = await promise;
    if (response.statusCode !== 200) {
      response.destroy();
      throw (response.statusCode ?? 0) >= 500 ? providerUnreachable(url.origin) : noVerificationKey();
    }
    body = await bodyOf(response);
  } catch (cause) {
    const errno = errnoOf(cause);
    if (errno !== undefined && UNTRUSTED.has(errno)) throw new UntrustedError();
    throw errno === undefined ? cause : providerUnreachable(url.origin);
  }
  try {
    return JSON.parse(body);
  } catch {
    throw noVerificationKey();
  }
}

async function bodyOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BYTES) throw noVerificationKey();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** The certificate that a server shows last, when it is one of the trusted: the others must then be signed by it. */
async function certificateOf(url: URL, thumbprints: readonly string[]): Promise<string | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<DetailedPeerCertificate>();
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const options = { host, port: Number(url.port || 443), rejectUnauthorized: false, timeout: TIMEOUT_MS };
  const servername = /^[\d.]+$|:/.test(host) ? {} : { servername: host };
  const socket: TLSSocket = connect({ ...options, ...servername }, () => resolve(socket.getPeerCertificate(true)));
  socket.once("error", () => reject(providerUnreachable(url.origin)));
  socket.once("timeout", () => reject(providerUnreachable(url.origin)));
  try {
    const certificate = lastOf(await promise);
    const { fingerprint } = new X509Certificate(certificate.raw);
    const thumbprint = fingerprint.replaceAll(":", "").toLowerCase();
    const trusted = thumbprints.some((each) => each.toLowerCase() === thumbprint);
    return trusted ? pemOf(certificate.raw) : undefined;
  } finally {
    socket.destroy();
  }
}

function lastOf(certificate: DetailedPeerCertificate): DetailedPeerCertificate {
  let last = certificate;
  while (last.issuerCertificate && last.issuerCertificate !== last) last = last.issuerCertificate;
  return last;
}

function pemOf(der: Buffer): string {
  return `-----BEGIN CERTIFICATE-----\n${der.toString("base64").replace(/.{64}/g, "$&\n")}\n-----END CERTIFICATE-----\n`;
}
