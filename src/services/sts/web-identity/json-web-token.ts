import { constants, createPublicKey, verify, type JsonWebKey, type KeyObject } from "node:crypto";
import { z } from "zod";
import { invalidIdentityToken } from "../errors.ts";

/** A key of an identity provider, with its name. */
export type ProviderKey = JsonWebKey & { kid?: string };

const Header = z.object({ alg: z.string(), kid: z.string().optional() });

const Claims = z.object({
  iss: z.string().optional(),
  sub: z.string().optional(),
  aud: z.union([z.string(), z.array(z.string())]).optional(),
  azp: z.string().optional(),
  exp: z.number().optional(),
  nbf: z.number().optional(),
  amr: z.array(z.string()).optional().catch(undefined),
  "https://aws.amazon.com/tags": z
    .object({
      principal_tags: z.record(z.string(), z.union([z.string(), z.array(z.string())])).optional(),
      transitive_tag_keys: z.array(z.string()).optional(),
    })
    .optional(),
  "https://aws.amazon.com/source_identity": z.string().optional(),
});

export type Claims = z.infer<typeof Claims>;

/** A token whose signature is not checked yet. */
export interface JsonWebToken {
  algorithm: string;
  keyId: string | undefined;
  claims: Claims;
  signed: string;
  signature: Buffer;
}

/** Those that AWS takes: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html */
const ALGORITHMS: Readonly<Record<string, { hash: string; keyType: "RSA" | "EC"; curve?: string }>> = {
  RS256: { hash: "sha256", keyType: "RSA" },
  RS384: { hash: "sha384", keyType: "RSA" },
  RS512: { hash: "sha512", keyType: "RSA" },
  ES256: { hash: "sha256", keyType: "EC", curve: "P-256" },
  ES384: { hash: "sha384", keyType: "EC", curve: "P-384" },
  ES512: { hash: "sha512", keyType: "EC", curve: "P-521" },
};

/**
 * Takes a token apart, RFC 7519.
 * @throws AwsError InvalidIdentityToken
 */
export function parseToken(text: string): JsonWebToken {
  const [header = "", claims = "", signature = "", ...rest] = text.split(".");
  const head = Header.safeParse(jsonOf(header));
  const body = Claims.safeParse(jsonOf(claims));
  if (rest.length || !signature || !head.success || !body.success)
    throw invalidIdentityToken(
      "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)",
    );
  return {
    algorithm: head.data.alg,
    keyId: head.data.kid,
    claims: body.data,
    signed: `${header}.${claims}`,
    signature: Buffer.from(signature, "base64url"),
  };
}

/** Whether one of the keys that may have signed a token did. */
export function isSignedBy(token: JsonWebToken, keys: readonly ProviderKey[]): boolean {
  return keys.filter((key) => fits(token, key)).some((key) => isSigned(token, key));
}

/** Whether a key is the one that a token names, or could be when it names none. */
export function fits({ algorithm, keyId }: JsonWebToken, { kid, kty, crv, use }: ProviderKey): boolean {
  const known = Object.hasOwn(ALGORITHMS, algorithm) ? ALGORITHMS[algorithm] : undefined;
  if (!known || kty !== known.keyType || (known.curve && crv !== known.curve)) return false;
  return (use === undefined || use === "sig") && (keyId === undefined || kid === undefined || kid === keyId);
}

function isSigned({ algorithm, signed, signature }: JsonWebToken, jwk: ProviderKey): boolean {
  let key: KeyObject;
  try {
    key = createPublicKey({ key: jwk, format: "jwk" });
  } catch {
    return false; // no key at all
  }
  const options =
    jwk.kty === "RSA" ? { key, padding: constants.RSA_PKCS1_PADDING } : { key, dsaEncoding: "ieee-p1363" as const };
  return verify(ALGORITHMS[algorithm]!.hash, Buffer.from(signed), options, signature);
}

function jsonOf(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
  } catch {
    return undefined;
  }
}
