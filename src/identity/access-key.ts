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

/** Finds a key by its id. */
export type AccessKeyLookup = (accessKeyId: string) => AccessKey | undefined | Promise<AccessKey | undefined>;
