import type { RequestContext } from "./context.ts";

/** The operations of an SDK module: `RunTask` for the exported `RunTaskCommand`. */
export type OperationName<Sdk> = {
  [Key in keyof Sdk]: Key extends `${infer Name}Command` ? Name : never;
}[keyof Sdk] &
  string;

type CommandOf<Sdk, Name extends string> = Sdk[`${Name}Command` & keyof Sdk] extends abstract new (
  ...args: never[]
) => infer Command
  ? Command
  : never;

/** The input of an operation, as the SDK types it. */
export type OperationInput<Sdk, Name extends string> =
  CommandOf<Sdk, Name> extends { input: infer Input } ? Input : never;

/** The output of an operation, as the SDK types it, without the client's `$metadata`. */
export type OperationOutput<Sdk, Name extends string> =
  CommandOf<Sdk, Name> extends {
    resolveMiddleware(...args: never[]): (...args: never[]) => Promise<{ output: infer Output }>;
  }
    ? Omit<Output, "$metadata">
    : never;

/** The built operations of a service. Names, members and enum values that AWS does not know do not compile. */
export type Handlers<Sdk> = {
  [Name in OperationName<Sdk>]?: (
    input: OperationInput<Sdk, Name>,
    context: RequestContext,
  ) => Promise<OperationOutput<Sdk, Name>>;
};

/** A handler whose types are no longer known, as the wire calls it. */
export type AnyHandler = (input: unknown, context: RequestContext) => Promise<unknown>;
