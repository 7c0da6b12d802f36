import type { RequestContext } from "./context.ts";
import type { OperationModel } from "./model.ts";
import type { ServiceDefinition } from "./service.ts";
import { validate } from "./validate.ts";

/* What every call of an operation goes through, by whichever door it came. */

/** @throws AwsError when an input breaks the model's bounds or lacks what it must have */
export function checkInput(service: ServiceDefinition, operation: OperationModel, input: unknown): void {
  const violations = validate(operation.input, input);
  if (violations.length) throw service.violationWording(violations, service.statics.validationErrorCode);
}

/**
 * Does an operation for a caller that may do what it comes to.
 * @param input of the model's shape
 * @throws AccessDenied; AwsError
 */
export async function callOperation(
  service: ServiceDefinition,
  operation: string,
  input: unknown,
  context: RequestContext,
): Promise<unknown> {
  await context.authorize(await service.requirements(operation, input, context));
  return await service.handlers.get(operation)!(input, context);
}
