import { networkError, RegistryError, statusError } from "./registry-error.ts";

export interface RegistryCredentials {
  username: string;
  password: string;
}

/** A `WWW-Authenticate` header. */
interface Challenge {
  scheme: "basic" | "bearer";
  parameters: Map<string, string>;
}

/** Tokens are short; a registry does not get to fill our memory with one. */
const MAX_TOKEN_BYTES = 1024 * 1024;

/**
 * Answers a registry's challenge: the value for the `Authorization` header.
 * https://distribution.github.io/distribution/spec/auth/token/
 * @throws RegistryError
 */
export async function authorize(
  header: string,
  context: { secure: boolean; credentials: RegistryCredentials | undefined; scope: string; signal: AbortSignal },
): Promise<string> {
  const challenge = parseChallenge(header);
  const basic = context.credentials && basicAuthorization(context.credentials);
  if (challenge?.scheme === "basic" && basic) return basic;
  const realm = challenge?.parameters.get("realm");
  if (challenge?.scheme !== "bearer" || realm === undefined || !URL.canParse(realm)) throw accessDenied();
  const url = new URL(realm);
  if (context.secure && url.protocol !== "https:")
    throw new RegistryError(`the registry's token service ${realm} is not secure`, false);
  const service = challenge.parameters.get("service");
  if (service !== undefined) url.searchParams.set("service", service);
  url.searchParams.set("scope", challenge.parameters.get("scope") ?? context.scope);
  return `Bearer ${await fetchToken(url.href, basic, context.signal)}`;
}

/** What a registry means that will not let us in: it does not say whether the image exists. */
export function accessDenied(): RegistryError {
  return new RegistryError(
    "pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed",
    false,
  );
}

async function fetchToken(url: string, authorization: string | undefined, signal: AbortSignal): Promise<string> {
  const headers: Record<string, string> = authorization ? { authorization } : {};
  const response = await fetch(url, { headers, signal }).catch((cause: unknown) => {
    throw signal.aborted ? cause : networkError(cause, "GET", url);
  });
  if (response.status === 401 || response.status === 403) {
    await response.body?.cancel();
    throw accessDenied();
  }
  if (!response.ok) {
    await response.body?.cancel();
    throw statusError(
      response,
      `failed to fetch anonymous token: unexpected status from GET request to ${url}: ${response.status} ${response.statusText}`,
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

function basicAuthorization({ username, password }: RegistryCredentials): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}

/** `Bearer realm="https://auth.docker.io/token",service="registry.docker.io"`. */
export function parseChallenge(header: string): Challenge | undefined {
  const [scheme = "", ...rest] = header.trim().split(/\s+/);
  const lower = scheme.toLowerCase();
  if (lower !== "basic" && lower !== "bearer") return undefined;
  const parameters = new Map<string, string>();
  for (const [, name = "", quoted, plain] of rest.join(" ").matchAll(/([a-z_]+)=(?:"([^"]*)"|([^\s,]+))/gi))
    parameters.set(name.toLowerCase(), quoted ?? plain ?? "");
  return { scheme: lower, parameters };
}
