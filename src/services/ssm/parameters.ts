import { type Scope, scopeKey } from "../../base/scope.ts";
import { parameterNotFound, versionNotFound } from "./errors.ts";
import { parseReference, pathOf, versionOf } from "./names.ts";
import type { ParameterRecord, VersionRecord } from "./records.ts";
import type { Ssm } from "./ssm.ts";

/** The most recent versions are kept. */
export const MAX_VERSIONS = 100;

/** A version of a parameter, with how it was asked for. */
export interface FoundVersion {
  parameter: ParameterRecord;
  version: VersionRecord;
  /** `:3` or `:label`, as it was asked for. */
  selector?: string;
}

export async function findParameter(
  { records }: Ssm,
  scope: Scope,
  name: string,
): Promise<ParameterRecord | undefined> {
  return await records.parameters.get(scopeKey(scope), pathOf(name));
}

/** @throws AwsError ParameterNotFound, ValidationException */
export async function parameterOf(ssm: Ssm, scope: Scope, name: string): Promise<ParameterRecord> {
  const found = await findParameter(ssm, scope, parseReference(scope, name).name);
  if (!found) throw parameterNotFound();
  return found;
}

/**
 * The version that a name or ARN asks for, the latest unless it says.
 * @throws AwsError ParameterNotFound, ParameterVersionNotFound, ValidationException
 */
export async function versionFor(ssm: Ssm, scope: Scope, text: string): Promise<FoundVersion> {
  const { name, selector } = parseReference(scope, text);
  const parameter = await findParameter(ssm, scope, name);
  if (!parameter) throw parameterNotFound();
  if (selector === undefined) return { parameter, version: parameter.latest };
  const number = versionOf(selector) ?? labelled(parameter, selector);
  const version = number === undefined ? undefined : await versionNumbered(ssm, scope, parameter, number);
  if (!version) throw versionNotFound(name, selector);
  return { parameter, version, selector: `:${selector}` };
}

export async function versionNumbered(
  { records }: Ssm,
  scope: Scope,
  parameter: ParameterRecord,
  number: number,
): Promise<VersionRecord | undefined> {
  if (number === parameter.latest.version) return parameter.latest;
  return await records.versions.get(scopeKey(scope), versionId(parameter, number));
}

/** All versions that are kept, the oldest first. */
export async function versionsOf({ records }: Ssm, scope: Scope, parameter: ParameterRecord): Promise<VersionRecord[]> {
  const after = `${pathOf(parameter.name)}:`;
  const former = await records.versions.list(scopeKey(scope), {
    after,
    limit: parameter.latest.version - parameter.oldest,
  });
  return [...former, parameter.latest];
}

/** Where a version that is not the latest is kept: in the order of their numbers. */
export function versionId({ name }: ParameterRecord, number: number): string {
  return `${pathOf(name)}:${String(number).padStart(12, "0")}`;
}

/** The number of the version that has a label. */
export function labelled({ labels }: ParameterRecord, label: string): number | undefined {
  const [number] = Object.entries(labels).find(([, all]) => all.includes(label)) ?? [];
  return number === undefined ? undefined : Number(number);
}

/** Removes a parameter with all its versions. Part of a transaction. */
export async function removeParameter({ records }: Ssm, scope: Scope, parameter: ParameterRecord): Promise<void> {
  const key = scopeKey(scope);
  for (let number = parameter.oldest; number < parameter.latest.version; number++)
    await records.versions.delete(key, versionId(parameter, number));
  await records.parameters.delete(key, pathOf(parameter.name));
}

/** Deletes a parameter by its name. @returns whether there was one @throws AwsError ValidationException */
export async function deleteNamed(ssm: Ssm, scope: Scope, text: string): Promise<boolean> {
  const { name, selector } = parseReference(scope, text);
  if (selector !== undefined) return false;
  return await ssm.exclusively(scope, name, () =>
    ssm.store.transaction(async () => {
      const parameter = await findParameter(ssm, scope, name);
      if (parameter) await removeParameter(ssm, scope, parameter);
      return parameter !== undefined;
    }),
  );
}

/**
 * Changes what is said of a version, the latest unless it is named.
 * @returns its number
 * @throws AwsError ParameterNotFound, ParameterVersionNotFound, ValidationException, and what `change` throws
 */
export async function changeVersion(
  ssm: Ssm,
  scope: Scope,
  text: string,
  number: number | undefined,
  change: (parameter: ParameterRecord, version: number) => ParameterRecord,
): Promise<number> {
  const { name } = parseReference(scope, text);
  return await ssm.exclusively(scope, name, async () => {
    const parameter = await parameterOf(ssm, scope, name);
    const version = number ?? parameter.latest.version;
    if (version < parameter.oldest || version > parameter.latest.version) throw versionNotFound(name, version);
    await ssm.records.parameters.put(scopeKey(scope), pathOf(name), change(parameter, version));
    return version;
  });
}
