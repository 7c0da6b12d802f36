import type { Clock } from "../base/clock.ts";
import { AwsError } from "../base/errors.ts";
import type { Ids } from "../base/ids.ts";
import type { Logger } from "../base/log.ts";
import type { Scope } from "../base/scope.ts";
import { AccessDenied, type Authorizer } from "../identity/authorization.ts";
import type { Caller } from "../identity/caller.ts";
import type { AuthorizationFailures } from "./authorization-failures.ts";
import { callOperation, checkInput } from "./call-operation.ts";
import type { CallObserver } from "./calls.ts";
import type { RequestContext } from "./context.ts";
import { denialAnswer } from "./denials.ts";
import { internalFailure } from "./front-door-errors.ts";
import type { OperationInput, OperationName, OperationOutput } from "./handlers.ts";
import type { ServiceModel } from "./model.ts";
import type { ServiceDefinition } from "./service.ts";
import { codeOf, describeError } from "./wire-error.ts";

export interface InvokeOptions {
  authorizer: Authorizer;
  observer?: CallObserver;
  failures?: AuthorizationFailures;
  clock: Clock;
  ids: Ids;
  log: Logger;
}

/**
 * Calls an operation in this process as somebody, with all that a request by HTTP goes through but its signature: the
 * model's bounds, authorization and the audit trail. Types are those of the service's SDK module:
 * `invoke<typeof import("@aws-sdk/client-ssm"), "GetParameters">(ssm, "GetParameters", { Names }, caller, scope)`.
 * @throws CallFailure for whatever a client would be told
 */
export type Invoke = <Sdk extends object, Name extends OperationName<Sdk>>(
  service: ServiceDefinition,
  operation: Name,
  input: OperationInput<Sdk, Name>,
  caller: Caller,
  scope: Scope,
  signal?: AbortSignal,
) => Promise<OperationOutput<Sdk, Name>>;

/** What a client of the operation would be told: the code and status are those of its protocol. */
export class CallFailure extends AwsError {
  readonly requestId: string;

  constructor(requestId: string, code: string, message: string, status: number, fields: Record<string, unknown>) {
    super(code, message, status, fields);
    this.name = "CallFailure";
    this.requestId = requestId;
  }
}

/** Binds {@link Invoke} to what decides about calls and what records them. */
export function createInvoke(options: InvokeOptions): Invoke {
  return async <Sdk extends object, Name extends OperationName<Sdk>>(
    service: ServiceDefinition,
    operation: Name,
    input: OperationInput<Sdk, Name>,
    caller: Caller,
    scope: Scope,
    signal: AbortSignal = new AbortController().signal,
  ) => {
    const context: RequestContext = {
      requestId: options.ids.uuid(),
      scope,
      principal: caller.principal,
      caller,
      authorize: (checks) => options.authorizer.authorize(caller, checks),
      host: "",
      signal,
    };
    return (await call(options, service, operation, input, context)) as OperationOutput<Sdk, Name>;
  };
}

async function call(
  options: InvokeOptions,
  service: ServiceDefinition,
  operation: string,
  input: unknown,
  context: RequestContext,
): Promise<unknown> {
  const at = options.clock.now();
  const { model } = await service.load();
  const { requestId, caller, scope } = context;
  const finished = (output: unknown, error?: CallFailure) => {
    const { sourceIp, userAgent } = caller;
    options.observer?.called({
      requestId,
      at,
      service: service.statics,
      operation,
      model: model.operation(operation),
      caller,
      scope,
      ...(sourceIp === undefined ? {} : { sourceIp }),
      ...(userAgent === undefined ? {} : { userAgent }),
      input,
      output,
      ...(error ? { error: { code: error.code, message: error.message, status: error.status! } } : {}),
    });
  };
  try {
    const known = model.operation(operation);
    if (!known || !service.handlers.has(operation)) throw new Error(`${service.statics.name} has no ${operation}`);
    checkInput(service, known, input);
    const output = await callOperation(service, operation, input, context);
    finished(output);
    return output;
  } catch (cause) {
    const error = failure(cause, service, model, requestId, options);
    if (!(cause instanceof AwsError || cause instanceof AccessDenied))
      options.log.error({ err: cause, requestId, service: service.statics.name, operation }, "a call failed");
    finished(undefined, error);
    throw error;
  }
}

function failure(
  cause: unknown,
  { statics }: ServiceDefinition,
  model: ServiceModel,
  requestId: string,
  { failures }: InvokeOptions,
): CallFailure {
  const protocol = statics.protocols[0]!;
  const error =
    cause instanceof AwsError
      ? cause
      : cause instanceof AccessDenied
        ? denialAnswer(cause, protocol, failures)
        : internalFailure(protocol);
  const described = describeError(error, model);
  return new CallFailure(requestId, codeOf(described, protocol), error.message, described.status, error.fields);
}
