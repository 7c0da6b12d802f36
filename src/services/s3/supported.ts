import { notImplemented } from "./errors.ts";

/**
 * Refuses every member that says something and is not in the list: what is not acted on is never taken silently.
 * @throws AwsError `NotImplemented`
 */
export function refuseOthers<T extends object>(input: T, supported: readonly (keyof T & string)[]): void {
  for (const [name, value] of Object.entries(input))
    if (!(supported as readonly string[]).includes(name) && saysSomething(value)) throw notImplemented(name);
}

function saysSomething(value: unknown): boolean {
  return value !== undefined && value !== null && value !== false && value !== "";
}
