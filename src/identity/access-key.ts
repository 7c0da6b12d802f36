import type { Principal } from "./principal.ts";

/** A pair of keys and who signs with it. */
export interface AccessKey {
  accessKeyId: string;
  secretAccessKey: string;
  /** Temporary keys come with a token that every request must carry. */
  sessionToken?: string;
  /** Milliseconds since 1970. */
  expiresAt?: number;
  principal: Principal;
}

/** Finds a key that may be used now by its id and, for temporary keys, the token that comes with it. */
export type AccessKeyLookup = (
  accessKeyId: string,
  sessionToken: string | undefined,
) => AccessKey | undefined | Promise<AccessKey | undefined>;
