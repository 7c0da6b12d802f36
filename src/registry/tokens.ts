import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Clock } from "../base/clock.ts";
import { errnoOf } from "../base/errors.ts";
import { writeFileAtomic } from "../base/files.ts";
import type { Scope } from "../base/scope.ts";

/** What a token lets its bearer do. */
export interface TokenGrant {
  scope: Scope;
  /** Milliseconds since 1970. */
  expiresAt: number;
  /** When set, only this path may be read. */
  path?: string;
  /** Who got it, as its issuer writes it down: what may be done with it is for those to say who know the holder. */
  holder?: string;
}

/** What became of a token that was shown. */
export type TokenVerdict = { kind: "valid" | "expired"; grant: TokenGrant } | { kind: "invalid" };

/**
 * Passwords for the registry. A token carries its scope and is signed with a secret of this data folder, so that nothing
 * about it has to be stored.
 */
export class RegistryTokens {
  private readonly secretFile: string;
  private readonly clock: Clock;
  private secret: Buffer | undefined;

  constructor(secretFile: string, clock: Clock) {
    this.secretFile = secretFile;
    this.clock = clock;
  }

  /** @param lifetimeMs from now */
  issue(
    scope: Scope,
    lifetimeMs: number,
    limits: Pick<TokenGrant, "path" | "holder"> = {},
  ): { token: string; expiresAt: Date } {
    const grant: TokenGrant = { scope, expiresAt: this.clock.now() + lifetimeMs, ...limits };
    const payload = Buffer.from(JSON.stringify(grant)).toString("base64url");
    return { token: `${payload}.${this.sign(payload).toString("base64url")}`, expiresAt: new Date(grant.expiresAt) };
  }

  verify(token: string): TokenVerdict {
    const [payload = "", signature = ""] = token.split(".");
    const expected = this.sign(payload);
    const given = Buffer.from(signature, "base64url");
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return { kind: "invalid" };
    const grant = JSON.parse(Buffer.from(payload, "base64url").toString()) as TokenGrant;
    return { kind: grant.expiresAt > this.clock.now() ? "valid" : "expired", grant };
  }

  private sign(payload: string): Buffer {
    this.secret ??= loadSecret(this.secretFile);
    return createHmac("sha256", this.secret).update(payload).digest();
  }
}

function loadSecret(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    if (errnoOf(cause) !== "ENOENT") throw cause;
  }
  const secret = randomBytes(32);
  writeFileAtomic(file, secret);
  return secret;
}
