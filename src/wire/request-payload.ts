/** The body of a request that is read while it arrives, without the framing that it was sent in. */
export interface RequestPayload extends AsyncIterable<Uint8Array> {
  /** How many bytes will come. When others come, or not as signed, iterating throws an AwsError. */
  readonly length: number;
  /** The names of the headers that are to come after the body, in lower case. */
  readonly announced: readonly string[];
  /** Headers that were sent after the body, by lower-case name; complete when the iteration has ended. */
  readonly trailers: Readonly<Record<string, string>>;
}

/** Whether an input's member is such a body: its type in the SDK is that of a client. */
export function isRequestPayload(value: unknown): value is RequestPayload {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value && "trailers" in value;
}
