import type { Scope } from "../base/scope.ts";
import type { ActionCheck } from "../identity/authorization.ts";
import type { Caller } from "../identity/caller.ts";
import type { Principal } from "../identity/principal.ts";
import type { RequestSignature } from "./request-signature.ts";

export type { Principal };

/** What an operation knows of the request beside its input. */
export interface RequestContext {
  requestId: string;
  /** The account of the signer and the Region the request was signed for. */
  scope: Scope;
  principal: Principal;
  /** The principal with what is known of its request: for those who ask another service in its name. */
  caller: Caller;
  /** How the request was signed; unset when it was not, and when the engine itself acts for the caller. */
  signature?: RequestSignature;
  /**
   * For what only the operation finds out that it needs; everything else stands in the service's authorization.ts and has
   * been checked before.
   * @throws AccessDenied
   */
  authorize(checks: readonly ActionCheck[]): Promise<void>;
  /** `host:port` as the client spelled it: for addresses that we hand out. */
  host: string;
  /** Aborted when the client goes away. */
  signal: AbortSignal;
}
