import type { RotationRulesType, Tag } from "@aws-sdk/client-secrets-manager";

/** A secret, or the copy of one that another Region has. Its values are apart, in {@link ValueRecord}s. */
export interface SecretRecord {
  name: string;
  /** The six random characters at the end of the ARN: a secret made anew under the same name is another. */
  suffix: string;
  description?: string | undefined;
  /** As it was given; absent: the AWS managed key `aws/secretsmanager`. */
  kmsKeyId?: string | undefined;
  /** Absent until the first tag is set: AWS shows an empty list after the last is gone. */
  tags?: Tag[] | undefined;
  createdAt: Date;
  changedAt: Date;
  /** The day on which a value was last read. */
  accessedAt?: Date | undefined;
  /** When it goes for good; set while it is marked for deletion. */
  deletesAt?: Date | undefined;
  versions: VersionRecord[];
  policy?: string | undefined;
  /** Where the secret is that this is a copy of, or this Region while it has copies. */
  primaryRegion?: string | undefined;
  /** The copies, of a secret that has some. */
  replicas: ReplicaRecord[];
  rotation?: RotationRecord | undefined;
}

export interface VersionRecord {
  versionId: string;
  createdAt: Date;
  /** In alphabetical order; a version without any is deprecated. */
  stages: string[];
  /** The key its value is encrypted under, as ListSecretVersionIds shows it; absent for the AWS managed key. */
  kmsKeyArn?: string | undefined;
  accessedAt?: Date | undefined;
}

/** A copy, as the secret knows it. */
export interface ReplicaRecord {
  region: string;
  kmsKeyId?: string | undefined;
  status: "InSync" | "Failed";
  statusMessage: string;
}

export interface RotationRecord {
  enabled: boolean;
  lambdaArn: string;
  /** Absent: only when it is asked for. */
  rules?: RotationRulesType | undefined;
  /** A rotation that was asked for and has not ended, by its version; or the trial of a configuration. */
  running?: { versionId: string; trial: boolean } | undefined;
  rotatedAt?: Date | undefined;
  nextAt?: Date | undefined;
}

/** The value of a version, encrypted under a data key of its own. */
export interface ValueRecord {
  kind: "string" | "binary";
  /** The data key, encrypted by KMS; base64. */
  dataKey: string;
  /** See `sealWithDataKey`. */
  sealed: string;
}
