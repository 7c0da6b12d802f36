import type { Scope } from "../base/scope.ts";

/** Who signed a request. */
export interface Principal {
  accountId: string;
  /** `arn:aws:iam::000000000000:root`. */
  arn: string;
  /** What STS calls `UserId`: for the root user, the account id. */
  userId: string;
  accessKeyId: string;
}

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
