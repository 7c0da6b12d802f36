import type { IncomingMessage } from "node:http";
import { scopeKey, type Scope } from "../../base/scope.ts";
import { parseRegistryHost } from "../reference.ts";
import type { RegistryTokens, TokenGrant } from "../tokens.ts";
import { otherRegistry, tokenExpired } from "./errors.ts";

export interface AuthorizationOptions {
  /** Whether a token is asked for. */
  auth: boolean;
  /** Whose repositories a request without a token sees when none is asked for. */
  defaultScope: Scope;
}

/** What a request has shown. */
export interface Access {
  scope: Scope;
  /** Whether nothing said whose repositories are meant. */
  isGuess: boolean;
  /** By an address that was given out for one thing. */
  isDownload: boolean;
  /** Who got the token. */
  holder?: string;
}

/** The query parameter of a download address's token. */
export const TOKEN_PARAMETER = "X-Registry-Token";

/**
 * Whose repositories a request sees: the scope of its token, which comes as the password of user AWS or, to read one
 * path, in the query. When the host's name is one of ECR, as `ACCOUNT.dkr.ecr.REGION.localhost`, it must be that scope's.
 * @returns `undefined` when the client must log in; the default scope as a guess, when nothing says whose they are and
 *   logging in is not asked for
 * @throws OciError `DENIED`
 */
export function authorize(
  request: IncomingMessage,
  url: URL,
  tokens: RegistryTokens,
  { auth, defaultScope }: AuthorizationOptions,
): Access | undefined {
  const host = request.headers.host ?? "";
  const named = registryOf(host);
  const grant = grantOf(request, url, tokens, auth);
  if (!grant) return auth ? undefined : { scope: named ?? defaultScope, isGuess: !named, isDownload: false };
  if (named && scopeKey(named) !== scopeKey(grant.scope)) throw otherRegistry(host);
  const { scope, holder, path } = grant;
  return { scope, isGuess: false, isDownload: path !== undefined, ...(holder === undefined ? {} : { holder }) };
}

/** The `WWW-Authenticate` of ECR. */
export function challenge(request: IncomingMessage): string {
  return `Basic realm="http://${request.headers.host ?? "localhost"}/",service="ecr.amazonaws.com"`;
}

function grantOf(request: IncomingMessage, url: URL, tokens: RegistryTokens, auth: boolean): TokenGrant | undefined {
  const download = url.searchParams.get(TOKEN_PARAMETER);
  const token = download ?? passwordOf(request.headers.authorization);
  const verdict = token === undefined ? undefined : tokens.verify(token);
  if (!verdict || verdict.kind === "invalid") return undefined;
  if (verdict.kind === "expired" && auth) throw tokenExpired();
  const { path } = verdict.grant;
  const isAllowed = path === undefined || (path === url.pathname && /^(?:GET|HEAD)$/.test(request.method ?? ""));
  return isAllowed ? verdict.grant : undefined;
}

function passwordOf(header: string | undefined): string | undefined {
  const credentials = /^Basic +(\S+)$/i.exec(header ?? "")?.[1];
  const [user, ...password] = Buffer.from(credentials ?? "", "base64")
    .toString()
    .split(":");
  return user === "AWS" ? password.join(":") : undefined;
}

/** The scope in a host's name; any domain may follow, as with proxies in front. */
function registryOf(host: string): Scope | undefined {
  const match = /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\./.exec(host);
  return match ? { account: match[1]!, region: match[2]! } : parseRegistryHost(host)?.scope;
}
