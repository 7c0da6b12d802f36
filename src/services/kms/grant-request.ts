import type { CreateGrantRequest, GrantConstraints, GrantOperation } from "@aws-sdk/client-kms";
import { parseArn } from "../../base/arn.ts";
import { invalidArn, notBuilt, validationError } from "./errors.ts";
import type { FoundKey } from "./key-reference.ts";
import type { GrantRecord } from "./records.ts";

/** What each usage lets a grant allow, beside what any key can be asked for. */
const OPERATIONS: Partial<Record<string, readonly GrantOperation[]>> = {
  SYMMETRIC_DEFAULT: [
    "Decrypt",
    "Encrypt",
    "GenerateDataKey",
    "GenerateDataKeyWithoutPlaintext",
    "ReEncryptFrom",
    "ReEncryptTo",
    "GenerateDataKeyPair",
    "GenerateDataKeyPairWithoutPlaintext",
  ],
  ENCRYPT_DECRYPT: ["Decrypt", "Encrypt", "ReEncryptFrom", "ReEncryptTo", "GetPublicKey"],
  SIGN_VERIFY: ["Sign", "Verify", "GetPublicKey"],
  GENERATE_VERIFY_MAC: ["GenerateMac", "VerifyMac"],
  KEY_AGREEMENT: ["DeriveSharedSecret", "GetPublicKey"],
};
const COMMON: readonly GrantOperation[] = ["CreateGrant", "RetireGrant", "DescribeKey"];

type GrantFacts = Pick<GrantRecord, "granteePrincipal" | "operations"> &
  Partial<Pick<GrantRecord, "retiringPrincipal" | "constraints" | "name">>;

/**
 * What a request for a grant says.
 * @throws AwsError ValidationException, InvalidArnException, UnsupportedOperationException
 */
export function readGrant({ key }: FoundKey, input: CreateGrantRequest): GrantFacts {
  const { GranteePrincipal, RetiringPrincipal, Operations, Constraints, Name } = input;
  if (input.GranteeServicePrincipal !== undefined || input.RetiringServicePrincipal !== undefined)
    throw notBuilt("A grant to a service principal");
  if (GranteePrincipal === undefined) throw validationError("GranteePrincipal is required.");
  for (const arn of [GranteePrincipal, RetiringPrincipal]) if (arn !== undefined) requirePrincipal(arn);
  const symmetric = key.spec === "SYMMETRIC_DEFAULT";
  const possible = [...COMMON, ...OPERATIONS[symmetric ? key.spec : key.usage]!];
  for (const operation of Operations!)
    if (!possible.includes(operation))
      throw validationError(
        `The grant operation ${operation} is not supported by a KMS key with key spec ${key.spec} and key usage ${key.usage}.`,
      );
  return {
    granteePrincipal: GranteePrincipal,
    operations: Operations!,
    ...(RetiringPrincipal === undefined ? {} : { retiringPrincipal: RetiringPrincipal }),
    ...(Constraints ? { constraints: readConstraints(Constraints, symmetric) } : {}),
    ...(Name === undefined ? {} : { name: Name }),
  };
}

/** Whether a grant is what was asked for: a grant of that name is then not made twice. */
export function isSameGrant(grant: GrantRecord, facts: GrantFacts): boolean {
  const told = ({ granteePrincipal, retiringPrincipal, operations, constraints, name }: GrantFacts) =>
    JSON.stringify([granteePrincipal, retiringPrincipal, operations, constraints, name]);
  return told(grant) === told(facts);
}

function readConstraints(constraints: GrantConstraints, symmetric: boolean): GrantConstraints {
  if (constraints.SourceArn !== undefined) throw notBuilt("The grant constraint SourceArn");
  if (!symmetric)
    throw validationError(
      "Grant constraints on the encryption context are supported by symmetric encryption keys only.",
    );
  return constraints;
}

/** An account, user, role, session or federated user. */
function requirePrincipal(text: string): void {
  const arn = parseArn(text);
  const known =
    (arn?.service === "iam" && /^(root$|(user|role)\/.)/.test(arn.resource)) ||
    (arn?.service === "sts" && /^(assumed-role|federated-user)\/./.test(arn.resource));
  if (!known && !/^\d{12}$/.test(text)) throw invalidArn(text);
}
