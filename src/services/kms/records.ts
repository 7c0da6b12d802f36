import type { GrantConstraints, GrantOperation, KeySpec, KeyUsageType, RotationType } from "@aws-sdk/client-kms";

/** The secret bytes of a key, of which a key may have had several: what one encrypted, it alone decrypts. */
export interface KeyMaterial {
  /** 64 hexadecimal digits that follow from the key and the bytes: the same bytes have the same id again. */
  id: string;
  /** Sealed by the keyring, base 64. Absent while imported bytes are deleted or have expired. */
  sealed?: string;
  createdAt: Date;
  /** Of bytes that a rotation put in place of others. */
  rotation?: { at: Date; type: RotationType };
  /** Of imported bytes that are to be forgotten. */
  expiresAt?: Date;
  /** Of imported bytes that wait for the rotation that puts them to use. */
  pending?: true;
  /** Of imported bytes, in their owner's words. */
  description?: string;
}

/** A KMS key. Its state follows from the fields, see key-state.ts. */
export interface KeyRecord {
  /** A UUID. */
  keyId: string;
  createdAt: Date;
  description: string;
  spec: KeySpec;
  usage: KeyUsageType;
  origin: "AWS_KMS" | "EXTERNAL";
  /** `AWS` of the keys that services use unless told: nobody may change those. */
  manager: "CUSTOMER" | "AWS";
  enabled: boolean;
  /** When the key is deleted; absent unless that was asked for. */
  deletionDate?: Date;
  /** The last one that is not pending is in use. */
  materials: KeyMaterial[];
  /** Base 64 of the public half (SubjectPublicKeyInfo), of asymmetric keys that have their material. */
  publicKey?: string;
  /** JSON. */
  policy: string;
  tags: Record<string, string>;
  /** Of automatic rotation, while it is on. */
  rotation?: { periodInDays: number; nextAt: Date };
}

export interface AliasRecord {
  /** `alias/…` */
  name: string;
  keyId: string;
  createdAt: Date;
  updatedAt: Date;
}

export interface GrantRecord {
  /** 64 hexadecimal digits. */
  grantId: string;
  keyId: string;
  name?: string;
  createdAt: Date;
  granteePrincipal: string;
  retiringPrincipal?: string;
  /** The account that issued it: `arn:aws:iam::000000000000:root`. */
  issuingAccount: string;
  operations: GrantOperation[];
  constraints?: GrantConstraints;
}
