import type { ChunkSignatures } from "./chunk-signatures.ts";
import type { Principal } from "./principal.ts";
import type { SignedRequest } from "./signed-request.ts";

/** Who sent a request, and for which Region it was signed. */
export interface Identity {
  principal: Principal;
  region: string;
  /** Of a streamed body that is signed in chunks: checks them as they arrive. */
  chunks?: ChunkSignatures;
}

/** Tells who sent a request. */
export interface Authenticator {
  /**
   * @param signingName the service that the request must have been signed for
   * @throws AuthenticationError
   */
  authenticate(request: SignedRequest, signingName: string): Promise<Identity>;
}
