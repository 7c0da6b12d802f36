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
  /** As sent. */
  rawBody: Buffer;
}
