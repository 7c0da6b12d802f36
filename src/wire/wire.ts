import type { OperationModel } from "./model.ts";
import type { WireRequest, WireResponse } from "./protocol.ts";
import type { RequestPayload } from "./request-payload.ts";
import type { WireError } from "./wire-error.ts";

/** A request whose operation is known. */
export interface RoutedRequest extends WireRequest {
  /** What the labels of a REST path matched, still percent-encoded. */
  labels?: Readonly<Record<string, string>>;
  /** The body of an operation that reads it while it arrives; `body` is empty then. */
  payload?: RequestPayload;
}

/** One AWS protocol, seen from the server. */
export interface Wire {
  /** @throws AwsError `SerializationException`, or the protocol's own code, when the request is not of the input's shape. */
  readInput(operation: OperationModel, request: RoutedRequest): unknown;
  writeOutput(operation: OperationModel, output: unknown, requestId: string): WireResponse;
  writeError(error: WireError, requestId: string): WireResponse;
}
