import { createCipheriv, createDecipheriv, createHmac, hkdfSync } from "node:crypto";
import { z } from "zod";
import type { AccessKey } from "./access-key.ts";
import { base32 } from "./base32.ts";
import { rolePrincipal } from "./principal.ts";
import type { RoleSession } from "./role-session.ts";

/** The keys of a session. */
export interface SessionCredentials {
  /** `ASIA` and 16 characters. */
  accessKeyId: string;
  /** 40 characters. */
  secretAccessKey: string;
  sessionToken: string;
  /** Milliseconds since 1970. */
  expiresAt: number;
}

const VERSION = 1;
const CIPHER = "aes-256-gcm";
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Longer texts are no tokens of ours: a role's ARN has at most 600 characters. */
const MAX_TOKEN_LENGTH = 2048;

const TokenContent = z.tuple([z.string(), z.string(), z.string(), z.string(), z.number()]);

/**
 * Temporary credentials, of which nothing is stored: a token carries its session, encrypted and authenticated, and the key
 * id and the secret follow from the token. One session always has the same credentials, also after a restart.
 */
export class Sessions {
  private readonly tokenKey: Buffer;
  private readonly nonceKey: Buffer;
  private readonly keyIdKey: Buffer;
  private readonly secretKey: Buffer;

  /** @param secret that all is derived from */
  constructor(secret: Uint8Array) {
    const derive = (purpose: string) => Buffer.from(hkdfSync("sha256", secret, "", `neargate session ${purpose}`, 32));
    this.tokenKey = derive("token");
    this.nonceKey = derive("nonce");
    this.keyIdKey = derive("key id");
    this.secretKey = derive("secret");
  }

  /** The credentials of a session. */
  issue(session: RoleSession): SessionCredentials {
    return this.credentials(this.seal(session), session.expiresAt);
  }

  /**
   * The session that a key and its token belong to; `undefined` when they are not of this engine, or not of each other.
   * It may have expired.
   */
  find(accessKeyId: string, sessionToken: string): { session: RoleSession; key: AccessKey } | undefined {
    const session = this.open(sessionToken);
    if (!session) return undefined;
    const credentials = this.credentials(sessionToken, session.expiresAt);
    if (credentials.accessKeyId !== accessKeyId) return undefined;
    return { session, key: { ...credentials, principal: rolePrincipal(session, accessKeyId) } };
  }

  private credentials(sessionToken: string, expiresAt: number): SessionCredentials {
    return {
      accessKeyId: `ASIA${base32(mac(this.keyIdKey, sessionToken), 16)}`,
      secretAccessKey: mac(this.secretKey, sessionToken).subarray(0, 30).toString("base64"),
      sessionToken,
      expiresAt,
    };
  }

  private seal({ roleArn, sessionName, account, region, expiresAt }: RoleSession): string {
    const content: z.infer<typeof TokenContent> = [roleArn, sessionName, account, region, expiresAt / 1000];
    const plain = JSON.stringify(content);
    // Derived from what it encrypts: the same session has the same token, and no two have the same nonce.
    const nonce = mac(this.nonceKey, plain).subarray(0, NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, this.tokenKey, nonce, { authTagLength: TAG_BYTES });
    const sealed = Buffer.concat([cipher.update(plain, "utf8"), cipher.final()]);
    return Buffer.concat([Buffer.of(VERSION), nonce, sealed, cipher.getAuthTag()]).toString("base64");
  }

  private open(token: string): RoleSession | undefined {
    if (token.length > MAX_TOKEN_LENGTH) return undefined;
    const bytes = Buffer.from(token, "base64");
    // One token, one spelling: what the decoder forgives would be another token with other keys.
    if (bytes[0] !== VERSION || bytes.length <= 1 + NONCE_BYTES + TAG_BYTES || bytes.toString("base64") !== token)
      return undefined;
    const nonce = bytes.subarray(1, 1 + NONCE_BYTES);
    const decipher = createDecipheriv(CIPHER, this.tokenKey, nonce, { authTagLength: TAG_BYTES });
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
    try {
      const plain = Buffer.concat([decipher.update(bytes.subarray(1 + NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
      const [roleArn, sessionName, account, region, seconds] = TokenContent.parse(JSON.parse(plain.toString("utf8")));
      return { roleArn, sessionName, account, region, expiresAt: seconds * 1000 };
    } catch {
      return undefined; // not sealed with our key
    }
  }
}

function mac(key: Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}
