import type { IncomingMessage } from "node:http";
import type { AwsError } from "../base/errors.ts";
import type { AuthenticationError } from "../identity/authentication-error.ts";
import type { Identity } from "../identity/authenticator.ts";
import type { WireRequest } from "./protocol.ts";
import type { RequestPayload } from "./request-payload.ts";
import type { Wire } from "./wire.ts";

/** Where a request of a REST service goes. */
export interface RestAddress {
  /** What the model's paths are compared with; still percent-encoded. */
  path: string;
  /** Labels that were found elsewhere, percent-encoded. */
  labels: Readonly<Record<string, string>>;
}

/** What a REST service does in its own way: S3, whose API is older than the protocol that describes it. */
export interface RestDialect {
  /** Instead of the protocol's. */
  wire: Wire;
  /** Whether a request that is not signed is meant for this service: its host says so. */
  isMeant(head: WireRequest): boolean;
  /** @throws AwsError for a request that cannot be of this service */
  address(head: WireRequest): RestAddress;
  /** The head as the operation's input is read from it. */
  inputHead(head: WireRequest): WireRequest;
  /**
   * The body of an operation that reads it while it arrives.
   * @param letItCome called when it is first read
   */
  payload(message: IncomingMessage, head: WireRequest, identity: Identity, letItCome: () => void): RequestPayload;
  /** The answer to a method and path of no operation, or of one that is not built. */
  unknownOperation(operation: string | undefined): AwsError;
  /** Instead of the protocol's answer; undefined for the same. */
  authenticationAnswer(error: AuthenticationError, head: WireRequest): AwsError | undefined;
  internalFailure(): AwsError;
}
