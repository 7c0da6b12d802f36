import type { Failure } from "@aws-sdk/client-ecs";
import { formatArn } from "../../base/arn.ts";
import type { Scope } from "../../base/scope.ts";
import { invalidParameter } from "./errors.ts";

/**
 * What a list of a request names, each once.
 * @param what they are, at the beginning of a message: `Services`
 * @throws AwsError InvalidParameterException when there are none, or more than `most`
 */
export function checkNames(names: readonly string[] | undefined, what: string, most: number): string[] {
  const each = [...new Set(names)];
  if (!each.length) throw invalidParameter(`${what} cannot be empty.`);
  if (each.length > most) throw invalidParameter(`${what} cannot have more than ${most} elements`);
  return each;
}

/** The ARN of what is named by it, or by what stands at the end of it. @param path before that, such as `service/test/` */
export function arnNamed(scope: Scope, path: string, name: string): string {
  return name.startsWith("arn:") ? name : formatArn("ecs", scope, `${path}${name}`);
}

/**
 * Looks each name up and shows what is there; the others are failures.
 * @param path as {@link arnNamed}
 */
export async function lookUpEach<Found, View>(
  names: readonly string[],
  { scope, path }: { scope: Scope; path: string },
  lookUp: (name: string) => Promise<Found | undefined>,
  view: (found: Found) => View | Promise<View>,
): Promise<{ found: View[]; failures: Failure[] }> {
  const found: View[] = [];
  const failures: Failure[] = [];
  for (const name of names) {
    const record = await lookUp(name);
    if (record === undefined) failures.push({ arn: arnNamed(scope, path, name), reason: "MISSING" });
    else found.push(await view(record));
  }
  return { found, failures };
}
