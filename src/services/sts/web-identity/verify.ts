import { expiredIdentityToken, invalidIdentityToken, noVerificationKey } from "../errors.ts";
import type { OidcProvider, Sts } from "../sts.ts";
import { fits, isSignedBy, parseToken, type Claims, type JsonWebToken } from "./json-web-token.ts";

/** How far a provider's clock may be ahead, in seconds. */
const SKEW_SECONDS = 300;

/** Whom an identity provider vouches for. */
export interface WebIdentity {
  /** The provider's ARN, as trust policies name it. */
  providerArn: string;
  /** Its URL without the scheme, which condition keys begin with. */
  provider: string;
  subject: string;
  audience: string;
  claims: Claims;
}

/**
 * Checks a token of an identity provider that IAM knows.
 * @param account of the role that is asked for
 * @throws AwsError InvalidIdentityToken, ExpiredTokenException, IDPCommunicationError
 */
export async function verifyWebIdentity(sts: Sts, account: string, text: string): Promise<WebIdentity> {
  const { identities, checked } = sts.options;
  const token = parseToken(text);
  const issuer = required(token, "iss");
  const provider = await identities.oidcProvider(account, issuer);
  if (!provider && checked) throw invalidIdentityToken(`No OpenIDConnect provider found in your account for ${issuer}`);
  const subject = required(token, "sub");
  const audiences = audiencesOf(token);
  if (provider && checked) {
    await checkSignature(sts, provider, issuer, token);
    checkTime(token, sts.now() / 1000);
  }
  const audience = audiences.find((each) => !provider || provider.clientIds.includes(each));
  if (audience === undefined) throw invalidIdentityToken("Incorrect token audience");
  const url = provider?.url ?? issuer.replace(/^https?:\/\//, "");
  const providerArn = provider?.arn ?? `arn:aws:iam::${account}:oidc-provider/${url}`;
  return { providerArn, provider: url, subject, audience, claims: token.claims };
}

async function checkSignature(sts: Sts, provider: OidcProvider, issuer: string, token: JsonWebToken): Promise<void> {
  const keys = await sts.options.providerKeys.of(provider, issuer, token);
  if (!keys.some((key) => fits(token, key))) throw noVerificationKey();
  if (!isSignedBy(token, keys)) throw invalidIdentityToken("Token signature invalid");
}

/** @param now seconds since 1970 */
function checkTime({ claims: { exp, nbf } }: JsonWebToken, now: number): void {
  if (exp === undefined) throw invalidIdentityToken("Missing a required claim: exp");
  if (now >= exp) throw expiredIdentityToken(now, exp);
  if (nbf !== undefined && nbf > now + SKEW_SECONDS) throw invalidIdentityToken("Token is not valid yet");
}

/** Whom a token is for: the party that it was issued to when it says so, as with AWS. */
function audiencesOf(token: JsonWebToken): string[] {
  const { aud, azp } = token.claims;
  if (azp !== undefined) return [azp];
  const audiences = typeof aud === "string" ? [aud] : (aud ?? []);
  if (!audiences.length) throw invalidIdentityToken("Missing a required claim: aud");
  return audiences;
}

function required({ claims }: JsonWebToken, name: "iss" | "sub"): string {
  const value = claims[name];
  if (!value) throw invalidIdentityToken(`Missing a required claim: ${name}`);
  return value;
}
