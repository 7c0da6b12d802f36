import type { DescribeSecretResponse, ReplicationStatusType, SecretListEntry } from "@aws-sdk/client-secrets-manager";
import { type Scope, scopeKey } from "../../base/scope.ts";
import { secretArn } from "./identifiers.ts";
import type { SecretRecord } from "./records.ts";
import type { SecretsManager } from "./secrets-manager.ts";

/** What every operation on a secret answers. */
export function secretView(scope: Scope, secret: Pick<SecretRecord, "name" | "suffix">): { ARN: string; Name: string } {
  return { ARN: secretArn(scope, secret), Name: secret.name };
}

/** A secret as DescribeSecret shows it. Members without a value are absent. */
export async function describedSecret(
  secrets: SecretsManager,
  scope: Scope,
  secret: SecretRecord,
): Promise<DescribeSecretResponse> {
  const stages = stagesOf(secret);
  return {
    ...sharedView(scope, secret),
    ...(stages ? { VersionIdsToStages: stages } : {}),
    ...(secret.replicas.length ? { ReplicationStatus: await replicationView(secrets, scope, secret) } : {}),
  };
}

/** A secret as ListSecrets shows it. */
export function listedSecret(scope: Scope, secret: SecretRecord): SecretListEntry {
  const stages = stagesOf(secret);
  return { ...sharedView(scope, secret), ...(stages ? { SecretVersionsToStages: stages } : {}) };
}

/** The state of a secret's copies. */
export async function replicationView(
  { records }: SecretsManager,
  scope: Scope,
  secret: SecretRecord,
): Promise<ReplicationStatusType[]> {
  return await Promise.all(
    secret.replicas.map(async ({ region, kmsKeyId, status, statusMessage }) => {
      const copy = await records.secrets.get(scopeKey({ ...scope, region }), secret.name);
      return {
        Region: region,
        KmsKeyId: kmsKeyId ?? "alias/aws/secretsmanager",
        Status: status,
        StatusMessage: statusMessage,
        LastAccessedDate: status === "InSync" ? copy?.accessedAt : undefined,
      };
    }),
  );
}

function sharedView(scope: Scope, secret: SecretRecord): Omit<SecretListEntry, "SecretVersionsToStages"> {
  const { description, kmsKeyId, rotation, accessedAt, deletesAt, tags, primaryRegion } = secret;
  return {
    ...secretView(scope, secret),
    ...(description ? { Description: description } : {}),
    KmsKeyId: kmsKeyId,
    ...(rotation
      ? {
          RotationEnabled: rotation.enabled,
          RotationLambdaARN: rotation.lambdaArn,
          RotationRules: rotation.rules,
          LastRotatedDate: rotation.rotatedAt,
          NextRotationDate: rotation.enabled ? rotation.nextAt : undefined,
        }
      : {}),
    LastChangedDate: secret.changedAt,
    LastAccessedDate: accessedAt,
    DeletedDate: deletesAt,
    Tags: tags,
    CreatedDate: secret.createdAt,
    PrimaryRegion: primaryRegion,
  };
}

/** Versions with a label; deprecated ones are not shown. */
function stagesOf({ versions }: SecretRecord): Record<string, string[]> | undefined {
  const labelled = versions.filter(({ stages }) => stages.length);
  return labelled.length ? Object.fromEntries(labelled.map(({ versionId, stages }) => [versionId, stages])) : undefined;
}
