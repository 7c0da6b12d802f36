import { scopeKey, type Scope } from "../../base/scope.ts";
import { managedKeyPolicy } from "./key-policies.ts";
import { keyArn } from "./arns.ts";
import { generateMaterial, sealMaterial } from "./key-material.ts";
import { keySpecFacts } from "./key-specs.ts";
import type { Kms } from "./kms.ts";
import type { KeyRecord } from "./records.ts";

interface ManagedKeyFacts {
  /** As in `kms:ViaService`. */
  service: string;
  title: string;
  description: string;
}

/** The keys that services use unless told which, https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#aws-managed-key */
const MANAGED: Partial<Record<string, ManagedKeyFacts>> = {
  "alias/aws/ebs": {
    service: "ec2",
    title: "EBS",
    description: "Default key that protects my EBS volumes when no other key is defined",
  },
  "alias/aws/elasticfilesystem": {
    service: "elasticfilesystem",
    title: "EFS",
    description: "Default key that protects my EFS filesystems when no other key is defined",
  },
  "alias/aws/s3": {
    service: "s3",
    title: "S3",
    description: "Default key that protects my S3 objects when no other key is defined",
  },
  "alias/aws/secretsmanager": {
    service: "secretsmanager",
    title: "AWS Secrets Manager",
    description: "Default key that protects my Secrets Manager data when no other key is defined",
  },
  "alias/aws/ssm": {
    service: "ssm",
    title: "SSM",
    description: "Default key that protects my SSM parameters when no other key is defined",
  },
};

const ROTATION_DAYS = 365;
const DAY_MS = 86_400_000;

/** Aliases that each account has, whether or not their keys were ever used. */
export const PREDEFINED_ALIASES: readonly string[] = Object.keys(MANAGED);

export function isPredefinedAlias(name: string): boolean {
  return name in MANAGED;
}

/** The AWS managed key of an account and Region, made when it is first asked for. */
export async function managedKey(kms: Kms, scope: Scope, alias: string): Promise<KeyRecord> {
  const made = await newManagedKey(kms, scope, MANAGED[alias]!);
  return await kms.store.transaction(async () => {
    const { keys, aliases } = kms.records;
    const at = scopeKey(scope);
    const stored = await aliases.get(at, alias);
    if (stored) return (await keys.get(at, stored.keyId))!;
    await keys.insert(at, made.keyId, made);
    const now = made.createdAt;
    await aliases.insert(at, alias, { name: alias, keyId: made.keyId, createdAt: now, updatedAt: now });
    return made;
  });
}

async function newManagedKey(kms: Kms, scope: Scope, facts: ManagedKeyFacts): Promise<KeyRecord> {
  const keyId = kms.ids.uuid();
  const createdAt = kms.now();
  const spec = keySpecFacts("SYMMETRIC_DEFAULT")!;
  const { material } = sealMaterial(kms.keyring, keyArn(scope, keyId), spec, await generateMaterial(spec), createdAt);
  return {
    keyId,
    createdAt,
    description: facts.description,
    spec: "SYMMETRIC_DEFAULT",
    usage: "ENCRYPT_DECRYPT",
    origin: "AWS_KMS",
    manager: "AWS",
    enabled: true,
    materials: [material],
    policy: managedKeyPolicy(scope, facts.service, facts.title),
    tags: {},
    rotation: { periodInDays: ROTATION_DAYS, nextAt: new Date(createdAt.getTime() + ROTATION_DAYS * DAY_MS) },
  };
}
