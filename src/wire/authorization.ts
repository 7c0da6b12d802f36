import type { ActionCheck } from "../identity/authorization.ts";
import type { RequestContext } from "./context.ts";
import type { OperationInput, OperationName } from "./handlers.ts";

/** What the authorization of an operation knows of its request. */
export type AuthorizationContext = Pick<RequestContext, "scope" | "principal" | "caller" | "signature">;

/** What must be allowed for an operation with this input. An operation without a rule needs `SERVICE:Operation` on `*`. */
export type AuthorizationRule<Input> = (
  input: Input,
  context: AuthorizationContext,
) => readonly ActionCheck[] | Promise<readonly ActionCheck[]>;

/** The rules of a service: `services/SERVICE/authorization.ts`. */
export type AuthorizationRules<Sdk> = {
  [Name in OperationName<Sdk>]?: AuthorizationRule<OperationInput<Sdk, Name>>;
};
