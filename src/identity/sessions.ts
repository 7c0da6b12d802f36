import { createCipheriv, createDecipheriv, createHmac, hkdfSync } from "node:crypto";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import type { AccessKey } from "./access-key.ts";
import { sessionKeyId } from "./session-key-id.ts";
import { sessionAccount, sessionPrincipal, type Session } from "./session.ts";

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

const VERSION = 2;
const CIPHER = "aes-256-gcm";
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Longer texts are no tokens of ours: STS refuses policies and tags that do not pack into half of it. */
const MAX_TOKEN_LENGTH = 8192;
/** Far beyond what any session says: 50 tags, 10 policies and a document. */
const MAX_CONTENT_BYTES = 256 * 1024;

/** More than most engines have in use; beyond it the cache starts anew. */
const MAX_CACHED = 1000;

/**
 * What most sessions say, for the compression to refer to; what comes last is cheapest. A part of the format: with another
 * text, tokens that were made with this one cannot be read.
 */
const DICTIONARY = Buffer.from(
  '{"Version":"2012-10-17","Statement":[{"Sid":"","Effect":"Deny","Effect":"Allow","Action":["s3:GetObject","Resource":["arn:aws:s3:::' +
    '"Condition":{"StringEquals":{"policyArns":["arn:aws:iam::aws:policy/","policy":"webIdentity":{"provider":"","subject":"","audience":"sts.amazonaws.com"' +
    '"tags":{"transitiveTagKeys":["sourceIdentity":"{"holder":{"type":"Root","accountId":"{"holder":{"type":"User","accountId":"","arn":"arn:aws:iam:::user/","userId":"AIDA' +
    '","userName":"{"holder":{"type":"AssumedRole","role":{"arn":"arn:aws:iam::000000000000:role/","id":"AROA"},"sessionName":"' +
    '"},"facts":{"issuedAt":1000,"expiresAt":1000},"region":"eu-west-1us-west-2us-east-1","taskId":"',
);

/**
 * Temporary credentials, of which nothing is stored: a token carries its session, encrypted and authenticated, and the key
 * id and the secret follow from the token. One session always has the same credentials, also after a restart.
 */
export class Sessions {
  private readonly tokenKey: Buffer;
  private readonly nonceKey: Buffer;
  private readonly keyIdKey: Buffer;
  private readonly secretKey: Buffer;
  /** By the tokens: opening one takes as long as all else that a signature takes. */
  private readonly opened = new Map<string, { session: Session; key: AccessKey }>();

  /** @param secret that all is derived from */
  constructor(secret: Uint8Array) {
    const derive = (purpose: string) => Buffer.from(hkdfSync("sha256", secret, "", `neargate session ${purpose}`, 32));
    this.tokenKey = derive("token");
    this.nonceKey = derive("nonce");
    this.keyIdKey = derive("key id");
    this.secretKey = derive("secret");
  }

  /** The credentials of a session. */
  issue(session: Session): SessionCredentials {
    return this.credentials(this.seal(session), session);
  }

  /**
   * The session that a key and its token belong to; `undefined` when they are not of this engine, or not of each other.
   * It may have expired.
   */
  find(accessKeyId: string, sessionToken: string): { session: Session; key: AccessKey } | undefined {
    const found = this.opened.get(sessionToken) ?? this.open(sessionToken);
    return found?.key.accessKeyId === accessKeyId ? found : undefined;
  }

  private open(sessionToken: string): { session: Session; key: AccessKey } | undefined {
    const session = this.unseal(sessionToken);
    if (!session) return undefined;
    const credentials = this.credentials(sessionToken, session);
    const found = { session, key: { ...credentials, principal: sessionPrincipal(session, credentials.accessKeyId) } };
    if (this.opened.size >= MAX_CACHED) this.opened.clear();
    this.opened.set(sessionToken, found);
    return found;
  }

  private credentials(sessionToken: string, session: Session): SessionCredentials {
    return {
      accessKeyId: sessionKeyId(sessionAccount(session), mac(this.keyIdKey, sessionToken)),
      secretAccessKey: mac(this.secretKey, sessionToken).subarray(0, 30).toString("base64"),
      sessionToken,
      expiresAt: session.facts.expiresAt,
    };
  }

  private seal(session: Session): string {
    const plain = packSession(session);
    // Derived from what it encrypts: the same session has the same token, and no two have the same nonce.
    const nonce = mac(this.nonceKey, plain).subarray(0, NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, this.tokenKey, nonce, { authTagLength: TAG_BYTES });
    const sealed = Buffer.concat([cipher.update(plain), cipher.final()]);
    return Buffer.concat([Buffer.of(VERSION), nonce, sealed, cipher.getAuthTag()]).toString("base64");
  }

  private unseal(token: string): Session | undefined {
    if (token.length > MAX_TOKEN_LENGTH) return undefined;
    const bytes = Buffer.from(token, "base64");
    // One token, one spelling: what the decoder forgives would be another token with other keys.
    if (bytes[0] !== VERSION || bytes.length <= 1 + NONCE_BYTES + TAG_BYTES || bytes.toString("base64") !== token)
      return undefined;
    const nonce = bytes.subarray(1, 1 + NONCE_BYTES);
    const decipher = createDecipheriv(CIPHER, this.tokenKey, nonce, { authTagLength: TAG_BYTES });
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
    let plain: Buffer;
    try {
      plain = Buffer.concat([decipher.update(bytes.subarray(1 + NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
    } catch {
      return undefined; // not sealed with our key
    }
    return unpackSession(plain);
  }
}

/** A session in the few bytes that its token carries. */
function packSession(session: Session): Buffer {
  return deflateRawSync(JSON.stringify(session), { level: 9, dictionary: DICTIONARY });
}

/** The inverse of {@link packSession}; of bytes that are known to be ours. */
function unpackSession(packed: Uint8Array): Session {
  const text = inflateRawSync(packed, { dictionary: DICTIONARY, maxOutputLength: MAX_CONTENT_BYTES });
  return JSON.parse(text.toString("utf8")) as Session;
}

function mac(key: Buffer, data: string | Uint8Array): Buffer {
  return createHmac("sha256", key).update(data).digest();
}
