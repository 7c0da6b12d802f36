import { Code, ConnectError } from "@connectrpc/connect";
import { ComputeError } from "../backend.ts";
import { containerdMessage } from "./client.ts";

/** containerd's ways to say that there is no process to signal. */
export function isGone(cause: unknown): boolean {
  if (!(cause instanceof ConnectError)) return false;
  return (
    cause.code === Code.NotFound || /not running|already (finished|stopped)|no such process/.test(cause.rawMessage)
  );
}

/** Why a container could not be made or started, in Fargate's words; a step that took a minute counts as hanging. */
export function cannotStart(what: string, cause: unknown): ComputeError {
  const reason = `${what}: ${containerdMessage(cause)}`;
  if (cause instanceof ConnectError && cause.code === Code.DeadlineExceeded)
    return new ComputeError(
      "ContainerRuntimeTimeoutError",
      `Could not transition to running; timed out after waiting 1m: ${reason}`,
    );
  return new ComputeError("CannotStartContainerError", `ResourceInitializationError: ${reason}`);
}

/** Why a container could not be signalled, in Fargate's words. */
export function cannotStop(signal: string, reason: string): ComputeError {
  return new ComputeError("CannotStopContainerError", `failed sending ${signal} to container: ${reason}`);
}
