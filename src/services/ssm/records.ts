import type { ParameterTier, ParameterType, Tag } from "@aws-sdk/client-ssm";

/** A parameter with its latest version; the others are apart. */
export interface ParameterRecord {
  /** As it was given when it was made: `/app/name`, or `name`. */
  name: string;
  latest: VersionRecord;
  /** The oldest version that is kept. */
  oldest: number;
  /** Labels by the version that has them. */
  labels: Record<string, string[]>;
  tags: Tag[];
  /** When the Expiration policy deletes it. */
  expiresAt?: Date;
}

export interface VersionRecord {
  version: number;
  type: ParameterType;
  value: StoredValue;
  description?: string;
  allowedPattern?: string;
  /** Of a SecureString: as it was given, or `alias/aws/ssm`. */
  keyId?: string;
  tier: Exclude<ParameterTier, "Intelligent-Tiering">;
  dataType: string;
  policies: PolicyRecord[];
  modifiedAt: Date;
  /** The ARN of who wrote it. */
  modifiedBy: string;
}

export interface PolicyRecord {
  type: string;
  /** As it was given. */
  text: string;
}

/** A value as it lies on the disk; base64 all. */
export type StoredValue =
  /** Of a String or StringList: sealed by the engine's own keyring. */
  | { by: "keyring"; sealed: string }
  /** Of a standard SecureString: encrypted by KMS itself. */
  | { by: "kms"; ciphertext: string }
  /** Of an advanced one: under a data key that KMS encrypted. */
  | { by: "data-key"; dataKey: string; sealed: string };

export interface SettingRecord {
  value: string;
  modifiedAt: Date;
  modifiedBy: string;
}
