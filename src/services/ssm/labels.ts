import { tooManyLabels } from "./errors.ts";

const MAX_LABELS = 10;
const LABEL = /^(?!\d|aws|ssm)[A-Za-z0-9_.-]+$/i;

/** Labels by the version that has them. */
type Labels = Readonly<Record<string, readonly string[]>>;

/** Those of some labels that no version may have. */
export function invalidLabels(labels: readonly string[]): string[] {
  return labels.filter((label) => !LABEL.test(label));
}

/**
 * Labels with some more on a version; each leaves the version that had it.
 * @throws AwsError ParameterVersionLabelLimitExceeded for more than 10 on a version
 */
export function withLabels(labels: Labels, version: number, added: readonly string[]): Record<string, string[]> {
  const left = withoutLabels(labels, Object.keys(labels), added);
  const all = [...new Set([...(left[version] ?? []), ...added])];
  if (all.length > MAX_LABELS) throw tooManyLabels();
  return all.length ? { ...left, [version]: all } : left;
}

/** Labels without some on some versions. */
export function withoutLabels(
  labels: Labels,
  versions: readonly string[],
  removed: readonly string[],
): Record<string, string[]> {
  const left = Object.entries(labels).map(([version, all]): [string, string[]] => [
    version,
    versions.includes(version) ? all.filter((label) => !removed.includes(label)) : [...all],
  ]);
  return Object.fromEntries(left.filter(([, all]) => all.length));
}
