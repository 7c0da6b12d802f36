/** What signatures cover, and where they stand. */
export interface SignedRequest {
  method: string;
  /** As sent: still percent-encoded, without the query. */
  path: string;
  /** As sent, without the question mark. */
  rawQuery: string;
  query: URLSearchParams;
  /** Lower-case names; repeated headers joined with commas. */
  headers: Readonly<Record<string, string>>;
  /** As sent; empty when the body is streamed. */
  rawBody: Buffer;
  /** Set when the body is read later: whoever reads it compares it with what `x-amz-content-sha256` says. */
  streamed?: boolean;
}
