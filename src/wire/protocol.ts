/** The AWS protocols, https://smithy.io/2.0/aws/protocols/index.html */
export type Protocol = "awsJson1_0" | "awsJson1_1" | "rpcv2Cbor" | "awsQuery" | "ec2Query" | "restJson1" | "restXml";

/** A request with its body read, as routing, signatures and protocols see it. */
export interface WireRequest {
  method: string;
  /** As sent: still percent-encoded, without the query. */
  path: string;
  /** As sent, without the question mark. */
  rawQuery: string;
  query: URLSearchParams;
  /** Lower-case names; repeated headers joined with commas. */
  headers: Readonly<Record<string, string>>;
  /** As sent: what the signature covers. */
  rawBody: Buffer;
  /** With its content coding taken off. */
  body: Buffer;
  /** The body's pairs, when it is a form. */
  form: URLSearchParams | undefined;
}

export interface WireResponse {
  status: number;
  headers: Record<string, string>;
  body: string | Uint8Array | AsyncIterable<Uint8Array>;
}
