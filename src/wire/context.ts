import type { Scope } from "../base/scope.ts";
import type { Principal } from "../identity/principal.ts";

export type { Principal };

/** What an operation knows of the request beside its input. */
export interface RequestContext {
  requestId: string;
  /** The account of the signer and the Region the request was signed for. */
  scope: Scope;
  principal: Principal;
  /** `host:port` as the client spelled it: for addresses that we hand out. */
  host: string;
  /** Aborted when the client goes away. */
  signal: AbortSignal;
}
