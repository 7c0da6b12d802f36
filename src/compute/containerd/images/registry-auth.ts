import type { RegistryLogin } from "../../backend.ts";
import { networkError, RegistryError, statusError } from "./registry-error.ts";

/** Tokens are short; a registry does not get to fill our memory with one. */
const MAX_TOKEN_BYTES = 1024 * 1024;

const LOOPBACK = /^(?:localhost|[\w-]+\.localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/;

/** Whether a host, with or without a port, is this machine: then HTTP is as good as HTTPS. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.test(host);
}

/**
 * Answers a registry's challenge, for a login or for somebody without one: the value for the `Authorization` header.
 * https://distribution.github.io/distribution/spec/auth/token/
 * @throws RegistryError
 */
export async function authorize(
  header: string,
  context: { secure: boolean; scope: string; login?: RegistryLogin; signal: AbortSignal },
): Promise<string> {
  const { login, secure, signal } = context;
  if (login && /^basic\b/i.test(header.trim())) return basic(login);
  const parameters = parseBearerChallenge(header);
  const realm = parameters?.get("realm");
  if (!parameters || realm === undefined || !URL.canParse(realm)) throw accessDenied();
  const url = new URL(realm);
  if (url.protocol !== "https:" && (secure || (login && !isLoopback(url.host))))
    throw new RegistryError(`the registry's token service ${realm} is not secure`, false);
  const service = parameters.get("service");
  if (service !== undefined) url.searchParams.set("service", service);
  url.searchParams.set("scope", parameters.get("scope") ?? context.scope);
  return `Bearer ${await fetchToken(url.href, login, signal)}`;
}

function basic({ username, password }: RegistryLogin): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}

/** What a registry means that will not let us in: it does not say whether the image exists. */
export function accessDenied(): RegistryError {
  return new RegistryError(
    "pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed",
    false,
  );
}

async function fetchToken(url: string, login: RegistryLogin | undefined, signal: AbortSignal): Promise<string> {
  const headers: Record<string, string> = login ? { authorization: basic(login) } : {};
  const response = await fetch(url, { headers, signal }).catch((cause: unknown) => {
    throw signal.aborted ? cause : networkError(cause, "GET", url);
  });
  if (!login && (response.status === 401 || response.status === 403)) {
    await response.body?.cancel();
    throw accessDenied();
  }
  if (!response.ok) {
    await response.body?.cancel();
    const failure = login ? "failed to authorize: failed to fetch oauth token" : "failed to fetch anonymous token";
    throw statusError(
      response,
      `${failure}: unexpected status from GET request to ${url}: ${response.status} ${response.statusText}`,
    );
  }
  const body = await readAtMost(response, MAX_TOKEN_BYTES);
  const { token, access_token: accessToken } = JSON.parse(body.toString()) as { token?: string; access_token?: string };
  const value = token || accessToken;
  if (!value) throw new RegistryError("the registry's token service answered without a token", false);
  return value;
}

/** A response's body, refused when it is larger. */
export async function readAtMost(response: Response, limit: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > limit) throw new RegistryError(`the answer of the registry is larger than ${limit} bytes`, false);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/**
 * The parameters of a `WWW-Authenticate` header that asks for a token, such as
 * `Bearer realm="https://auth.docker.io/token",service="registry.docker.io"`; `undefined` for any other.
 */
export function parseBearerChallenge(header: string): Map<string, string> | undefined {
  const [scheme = "", ...rest] = header.trim().split(/\s+/);
  if (scheme.toLowerCase() !== "bearer") return undefined;
  const parameters = new Map<string, string>();
  for (const [, name = "", quoted, plain] of rest.join(" ").matchAll(/([a-z_]+)=(?:"([^"]*)"|([^\s,]+))/gi))
    parameters.set(name.toLowerCase(), quoted ?? plain ?? "");
  return parameters;
}
