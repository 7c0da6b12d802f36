import { deleteConflict, limitExceeded, policyVersionNotFound } from "./errors.ts";
import type { PolicyRecord, PolicyVersionRecord } from "./records.ts";

const MAX_VERSIONS = 5;

/** @throws AwsError NoSuchEntity */
export function versionOf(policy: PolicyRecord, versionId: string): PolicyVersionRecord {
  const found = policy.versions.find((version) => version.versionId === versionId);
  if (!found) throw policyVersionNotFound(policy.arn, versionId);
  return found;
}

/** A policy with one version more, which may become its default. @throws AwsError LimitExceeded */
export function withVersion(policy: PolicyRecord, document: string, asDefault: boolean, at: Date): PolicyRecord {
  if (policy.versions.length >= MAX_VERSIONS)
    throw limitExceeded(
      `A managed policy can have up to ${MAX_VERSIONS} versions. Before you create a new version, you must delete an existing version.`,
    );
  const number = policy.lastVersion + 1;
  const versionId = `v${number}`;
  return {
    ...policy,
    updatedAt: at,
    defaultVersion: asDefault ? versionId : policy.defaultVersion,
    lastVersion: number,
    versions: [{ versionId, document, createdAt: at }, ...policy.versions],
  };
}

/** A policy without one of its versions. @throws AwsError NoSuchEntity, DeleteConflict for the default version */
export function withoutVersion(policy: PolicyRecord, versionId: string): PolicyRecord {
  const doomed = versionOf(policy, versionId);
  if (versionId === policy.defaultVersion) throw deleteConflict("Cannot delete the default version of a policy.");
  return { ...policy, versions: policy.versions.filter((version) => version !== doomed) };
}

/** The place of a version in a list, the newest first. */
export function versionPlace({ versionId }: PolicyVersionRecord): string {
  return String(Number.MAX_SAFE_INTEGER - Number(versionId.slice(1)));
}
