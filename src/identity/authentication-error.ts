/** Why a request's signer is not known for certain. */
export type AuthenticationFault =
  /** The request is not signed. */
  | "missing"
  /** The signature's parts are not all there, or not readable. */
  | "incomplete"
  /** No such access key. */
  | "unknownKey"
  /** The session token is not one of ours, not this key's, or its session has ended. */
  | "invalidToken"
  | "expiredToken"
  | "wrongSignature"
  /** Signed for another service, Region form, date or terminator. */
  | "wrongScope"
  /** Signed too long ago. */
  | "expired"
  /** Signed in the future. */
  | "notYetCurrent"
  /** The body is not the one that was signed. */
  | "payloadMismatch"
  /** Signed in a way that is not understood here. */
  | "unsupported"
  /** Sent by a page in a browser to an engine that checks no signatures. */
  | "webPage";

/** Carries the text of AWS's JSON services; the wire chooses code, status and text of each protocol. */
export class AuthenticationError extends Error {
  readonly fault: AuthenticationFault;

  constructor(fault: AuthenticationFault, message: string) {
    super(message);
    this.name = "AuthenticationError";
    this.fault = fault;
  }
}
