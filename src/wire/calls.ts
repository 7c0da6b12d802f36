import type { Caller } from "../identity/caller.ts";
import type { OperationModel } from "./model.ts";
import type { ServiceStatics } from "./service.ts";

/** A call of an operation that has its answer: what an audit trail is written from. Nothing of it is masked. */
export interface FinishedCall {
  requestId: string;
  /** When it arrived; milliseconds since 1970. */
  at: number;
  service: ServiceStatics;
  /** As the client named it: of a refused call it may be one that there is not. */
  operation: string;
  /** The shapes of its input and output; undefined when there is no such operation, or it was refused before that was known. */
  model: OperationModel | undefined;
  /** Undefined when the signer is not known. */
  caller: Caller | undefined;
  /** Where it was sent to: the account and Region of the caller, of the engine when there is no caller. */
  scope: { account: string; region: string };
  /** The client's address; unset when the engine itself called. */
  sourceIp?: string;
  userAgent?: string;
  /** `host:port` as the client spelled it; unset when the engine itself called. */
  host?: string;
  /** Undefined when it was refused before its input was read. */
  input: unknown;
  /** Undefined when it failed. Streams in it are not to be touched. */
  output: unknown;
  /** What the client was told. */
  error?: { code: string; message: string; status: number };
}

/** Is told of every call that is over: those that did what they should, those that failed, those that were refused. */
export interface CallObserver {
  /** Must not throw, and not keep the caller waiting. */
  called(call: FinishedCall): void;
}
