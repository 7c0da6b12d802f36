import type { Scope } from "../base/scope.ts";
import { AuthenticationError } from "./authentication-error.ts";
import type { Authenticator, Identity } from "./authenticator.ts";
import { rootPrincipal } from "./principal.ts";
import type { Sessions } from "./sessions.ts";
import type { SignedRequest } from "./signed-request.ts";

/** Stands in where a request names no access key. */
const NO_KEY = "AKIAIOSFODNN7EXAMPLE";

/**
 * Believes every request but those of web pages, for throw-away test use. An access key id of twelve digits chooses the account, and the
 * credential scope the Region; what a request does not say is taken from the configuration.
 */
export class OpenAuthenticator implements Authenticator {
  private readonly defaults: Scope;
  private readonly sessions: Sessions | undefined;

  /** @param sessions whose tokens are known: who comes with one is who it says, so that a role can be told from others */
  constructor(defaults: Scope, sessions?: Sessions) {
    this.defaults = defaults;
    this.sessions = sessions;
  }

  /** @throws AuthenticationError for a request that a web page sent: any page that is looked at could give orders */
  async authenticate(request: SignedRequest): Promise<Identity> {
    if (isOfWebPage(request))
      throw new AuthenticationError("webPage", "Web pages cannot use this endpoint while signatures are not checked.");
    const [accessKeyId = "", , region = ""] = credentialOf(request).split("/");
    const session = this.sessions?.find(accessKeyId, tokenOf(request));
    const account = /^\d{12}$/.test(accessKeyId) ? accessKeyId : this.defaults.account;
    return {
      principal: session?.key.principal ?? rootPrincipal(account, accessKeyId || NO_KEY),
      region: /^[a-z0-9-]{1,64}$/.test(region) ? region : this.defaults.region,
    };
  }
}

/** Browsers tell it of themselves; a page cannot take these headers off. */
function isOfWebPage({ headers }: SignedRequest): boolean {
  const site = headers["sec-fetch-site"];
  return headers["origin"] !== undefined || (site !== undefined && site !== "none");
}

function credentialOf({ headers, query }: SignedRequest): string {
  const inHeader = /Credential=([^,\s]*)/.exec(headers["authorization"] ?? "");
  return inHeader?.[1] ?? query.get("X-Amz-Credential") ?? "";
}

function tokenOf({ headers, query }: SignedRequest): string {
  return headers["x-amz-security-token"] ?? query.get("X-Amz-Security-Token") ?? "";
}
