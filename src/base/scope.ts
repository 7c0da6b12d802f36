/** Whose state a request or record belongs to: AWS keeps everything per account and Region, and so do we. */
export interface Scope {
  /** Twelve digits. */
  account: string;
  /** Any Region name, such as `us-east-1`. */
  region: string;
}

/** The Region of a request that names none: it is for wherever the thing is that it asks for. */
export const ANYWHERE = "*";

/** The scope as one short string, for keys and columns: `000000000000/us-east-1`. */
export function scopeKey(scope: Scope): string {
  return `${scope.account}/${scope.region}`;
}

/** The inverse of {@link scopeKey}. */
export function parseScopeKey(key: string): Scope {
  const [account = "", region = ""] = key.split("/");
  return { account, region };
}
