import { TaskStartError } from "../hooks/hook.ts";
import { NO_ROLE, type ExecutionRoleError } from "../ports.ts";

/** Codes that no service's model has: AWS's SDK for Go says so. */
const GENERIC = ["AccessDeniedException", "UnrecognizedClientException", "ValidationException", "InternalFailure"];

/** What a task stops with that does not get what it needs before its images: in the words of Fargate's agent. */
export function executionResourceError(what: string, reason: string): TaskStartError {
  return new TaskStartError(
    `ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: ${what}: service call has been retried 1 time(s): ${reason}`,
  );
}

/** An answer of AWS as the SDK for Go, version 2, tells it: `operation error SSM: GetParameters, https response error …`. */
export function operationError(operation: string, { code, message, status, requestId }: ExecutionRoleError): string {
  if (code === NO_ROLE) return message;
  const error = GENERIC.includes(code) ? `api error ${code}: ${message}` : `${code}: ${message}`;
  return `operation error ${operation}, https response error StatusCode: ${status}, RequestID: ${requestId}, ${error}`;
}
