import { hash } from "node:crypto";
import { base32 } from "../../../identity/base32.ts";
import type { PolicyRecord } from "../records.ts";

/** A policy of AWS's own as the JSON files here have it: its default version, as AWS's managed policy reference shows it. */
interface AwsPolicy {
  name: string;
  path: string;
  description: string;
  version: string;
  created: string;
  updated: string;
  document: object;
}

const FAMILIES = [
  () => import("./audit-and-events.json", { with: { type: "json" } }),
  () => import("./cloud-map.json", { with: { type: "json" } }),
  () => import("./cloudwatch.json", { with: { type: "json" } }),
  () => import("./ec2.json", { with: { type: "json" } }),
  () => import("./ecr.json", { with: { type: "json" } }),
  () => import("./ecs.json", { with: { type: "json" } }),
  () => import("./elastic-file-system.json", { with: { type: "json" } }),
  () => import("./elastic-load-balancing.json", { with: { type: "json" } }),
  () => import("./iam.json", { with: { type: "json" } }),
  () => import("./job-functions.json", { with: { type: "json" } }),
  () => import("./mesh-and-tracing.json", { with: { type: "json" } }),
  () => import("./s3.json", { with: { type: "json" } }),
  () => import("./secrets-and-keys.json", { with: { type: "json" } }),
  () => import("./systems-manager.json", { with: { type: "json" } }),
];

let loading: Promise<ReadonlyMap<string, PolicyRecord>> | undefined;

/** The managed policies of AWS that are known here, by ARN in the order of their names; read from disk when first wanted. */
export function awsManagedPolicies(): Promise<ReadonlyMap<string, PolicyRecord>> {
  return (loading ??= load());
}

async function load(): Promise<ReadonlyMap<string, PolicyRecord>> {
  const files = await Promise.all(FAMILIES.map((read) => read()));
  const policies = files.flatMap((file): AwsPolicy[] => file.default).map(toRecord);
  return new Map(policies.toSorted((a, b) => (a.name < b.name ? -1 : 1)).map((policy) => [policy.arn, policy]));
}

function toRecord({ name, path, description, version, created, updated, document }: AwsPolicy): PolicyRecord {
  const arn = `arn:aws:iam::aws:policy${path}${name}`;
  const updatedAt = new Date(updated);
  return {
    id: `ANPA${base32(hash("sha256", arn, "buffer"), 17)}`,
    name,
    path,
    arn,
    description,
    createdAt: new Date(created),
    updatedAt,
    tags: [],
    defaultVersion: version,
    lastVersion: Number(version.slice(1)),
    versions: [{ versionId: version, document: JSON.stringify(document, undefined, 2), createdAt: updatedAt }],
  };
}
