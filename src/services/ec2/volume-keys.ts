import { formatArn } from "../../base/arn.ts";
import type { Clock } from "../../base/clock.ts";
import { AwsError } from "../../base/errors.ts";
import type { Scope } from "../../base/scope.ts";
import { AccessDenied } from "../../identity/authorization.ts";
import type { Caller } from "../../identity/caller.ts";
import { rolePrincipal } from "../../identity/principal.ts";
import type { ServiceRoles } from "../../identity/service-roles.ts";
import { KEY_BYTES } from "../../storage/file-encryption.ts";
import { ECS, unableToAssumeInfrastructureRole } from "../../tasks/task-role.ts";
import type { KeyCrypto, KeyUse } from "../kms/key-crypto.ts";
import type { VolumeEncryption } from "./records.ts";

/** Sessions of a role last an hour unless told otherwise. */
const SESSION_MS = 60 * 60 * 1000;

/** A volume cannot be encrypted or opened; the message is what ECS says of it. */
export class VolumeKeyError extends Error {
  override readonly name = "VolumeKeyError";
}

/** Whose key is used for what volume. */
export interface VolumeKeyUse {
  scope: Scope;
  volumeId: string;
  /** Of the ECS infrastructure role, in whose name the KMS key is used. */
  roleArn: string;
}

export interface VolumeKeysParts {
  keys: Pick<KeyCrypto, "generateDataKeyWithoutPlaintext" | "decryptByGrant">;
  roles: ServiceRoles;
  clock: Clock;
}

/**
 * The keys of encrypted EBS volumes: each has one of its own, which is stored encrypted under a KMS key.
 * https://docs.aws.amazon.com/kms/latest/developerguide/services-ebs.html
 */
export class VolumeKeys {
  private readonly parts: VolumeKeysParts;

  constructor(parts: VolumeKeysParts) {
    this.parts = parts;
  }

  /** Makes a volume's key. @throws VolumeKeyError */
  async make(use: VolumeKeyUse, kmsKeyId: string): Promise<Required<VolumeEncryption>> {
    const made = await this.asRole(use, (request) =>
      this.parts.keys.generateDataKeyWithoutPlaintext({ ...request, keyId: kmsKeyId, bytes: KEY_BYTES }),
    );
    return { kmsKeyId, keyArn: made.keyArn, dataKey: made.ciphertextBlob.toString("base64") };
  }

  /** A volume's key in the clear, which the caller wipes. @throws VolumeKeyError */
  async open(use: VolumeKeyUse, dataKey: string): Promise<Buffer> {
    const ciphertextBlob = Buffer.from(dataKey, "base64");
    return (await this.asRole(use, (request) => this.parts.keys.decryptByGrant({ ...request, ciphertextBlob })))
      .plaintext;
  }

  private async asRole<T>(use: VolumeKeyUse, ask: (request: Omit<KeyUse, "keyId">) => Promise<T>): Promise<T> {
    const { scope, volumeId } = use;
    const caller = await this.callerOf(use);
    try {
      return await ask({ scope, caller, encryptionContext: { "aws:ebs:id": volumeId } });
    } catch (cause) {
      const code = cause instanceof AccessDenied ? "AccessDeniedException" : cause instanceof AwsError && cause.code;
      if (!code) throw cause;
      throw new VolumeKeyError(
        `ECS failed to set up the EBS volume. Encountered ${code}; "${(cause as Error).message}"`,
        { cause },
      );
    }
  }

  /** The role, as it comes to KMS by way of EC2. */
  private async callerOf({ scope, volumeId, roleArn }: VolumeKeyUse): Promise<Caller> {
    const { roles, clock } = this.parts;
    const at = clock.now();
    const role = await roles.takeOn(roleArn, ECS, { ...scope, arn: formatArn("ecs", scope, "*"), at });
    if (!role) throw new VolumeKeyError(unableToAssumeInfrastructureRole(roleArn));
    const facts = { issuedAt: Math.floor(at / 1000) * 1000, expiresAt: at + SESSION_MS };
    return {
      // Never handed out: it has no keys.
      principal: rolePrincipal(role, volumeId, facts, ""),
      region: scope.region,
      userAgent: ECS,
      secureTransport: true,
      calledVia: "ec2.amazonaws.com",
      at,
    };
  }
}
