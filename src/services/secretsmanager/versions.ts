import { limitExceeded, stageNotFound, stageOfOtherVersion, versionNotFound } from "./errors.ts";
import type { VersionRecord } from "./records.ts";

export const CURRENT = "AWSCURRENT";
export const PREVIOUS = "AWSPREVIOUS";
export const PENDING = "AWSPENDING";

/** Labels of one version, and versions of one secret: https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html */
const MAX_STAGES = 20;
const MAX_VERSIONS = 100;
const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * The version that is asked for: by its id, by a label, by both, or the current one.
 * @throws AwsError ResourceNotFoundException, InvalidRequestException
 */
export function selectVersion(
  versions: readonly VersionRecord[],
  { versionId, stage }: { versionId?: string | undefined; stage?: string | undefined },
): VersionRecord {
  if (versionId === undefined) {
    const label = stage ?? CURRENT;
    const labelled = versions.find(({ stages }) => stages.includes(label));
    if (!labelled) throw stageNotFound(label);
    return labelled;
  }
  const version = versions.find((one) => one.versionId === versionId);
  if (!version) throw versionNotFound(versionId);
  if (stage !== undefined && !version.stages.includes(stage)) throw stageOfOtherVersion();
  return version;
}

/**
 * Gives labels to a version; each leaves the one that had it, which becomes the previous version if it was the current.
 * @throws AwsError LimitExceededException for more than 20 labels
 */
export function labelVersion(
  versions: readonly VersionRecord[],
  versionId: string,
  labels: readonly string[],
): VersionRecord[] {
  const current = versions.find(({ stages }) => stages.includes(CURRENT))?.versionId;
  const moved = labels.includes(CURRENT) && current !== undefined && current !== versionId;
  return versions.map((version) => {
    const own = version.versionId === versionId;
    const stages = new Set(own ? [...version.stages, ...labels] : without(version.stages, labels));
    if (moved) stages.delete(PREVIOUS);
    if (moved && version.versionId === current) stages.add(PREVIOUS);
    if (stages.size > MAX_STAGES) throw limitExceeded();
    return { ...version, stages: [...stages].toSorted() };
  });
}

/** Takes a label from the version that has it. */
export function unlabel(versions: readonly VersionRecord[], label: string): VersionRecord[] {
  return versions.map((version) => ({ ...version, stages: without(version.stages, [label]) }));
}

/**
 * Makes room for one more version: deprecated ones go, the oldest first, once they are a day old.
 * @returns the versions that stay
 * @throws AwsError LimitExceededException when there are too many that may not go
 */
export function withRoom(versions: readonly VersionRecord[], now: number): VersionRecord[] {
  const surplus = versions.length + 1 - MAX_VERSIONS;
  if (surplus <= 0) return [...versions];
  const old = versions.filter(({ stages, createdAt }) => !stages.length && now - createdAt.getTime() >= DAY_MS);
  const going = new Set(old.toSorted((a, b) => a.createdAt.getTime() - b.createdAt.getTime()).slice(0, surplus));
  if (going.size < surplus) throw limitExceeded();
  return versions.filter((version) => !going.has(version));
}

function without(stages: readonly string[], labels: readonly string[]): string[] {
  return stages.filter((stage) => !labels.includes(stage));
}
