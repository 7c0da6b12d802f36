import { ComputeError } from "../../backend.ts";
import { containerdMessage } from "../client.ts";
import type { Platform } from "./manifest.ts";
import { AttemptsError } from "./registry-retry.ts";

/** An image, or list of images, that has nothing for this machine. The words are AWS's. */
export class PlatformError extends Error {
  constructor({ os, architecture }: Platform) {
    super(`image Manifest does not contain descriptor matching platform '${os}/${architecture}'`);
    this.name = "PlatformError";
  }
}

/** The failure to find out what a reference means. */
export function cannotResolve(reference: string, cause: unknown): ComputeError {
  const inner = cause instanceof AttemptsError ? cause.cause : cause;
  if (inner instanceof PlatformError) return noPlatform(inner);
  const attempts = cause instanceof AttemptsError ? cause.attempts : 1;
  return pullError(
    `pull image manifest has been retried ${attempts} time(s): failed to resolve ref ${reference}: ${containerdMessage(inner)}`,
  );
}

/** The failure to fetch what the manifest names. */
export function cannotPull(cause: unknown): ComputeError {
  if (cause instanceof PlatformError) return noPlatform(cause);
  const attempts = cause instanceof AttemptsError ? cause.attempts : 1;
  return pullError(`ref pull has been retried ${attempts} time(s): ${containerdMessage(cause)}`);
}

/** Fargate always says seven: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_cannot_pull_image.html */
function noPlatform(cause: PlatformError): ComputeError {
  return pullError(`pull image manifest has been retried 7 time(s): ${cause.message}`);
}

function pullError(message: string): ComputeError {
  return new ComputeError("CannotPullContainerError", message);
}
