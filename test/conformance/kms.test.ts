import {
  constants,
  createCipheriv,
  createECDH,
  createHash,
  createHmac,
  createPublicKey,
  generateKeyPairSync,
  privateDecrypt,
  publicEncrypt,
  randomBytes,
  verify,
} from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { CreateAccessKeyCommand, CreateUserCommand, IAMClient, PutUserPolicyCommand } from "@aws-sdk/client-iam";
import {
  CancelKeyDeletionCommand,
  CreateAliasCommand,
  CreateGrantCommand,
  CreateKeyCommand,
  DecryptCommand,
  DeleteAliasCommand,
  DeleteImportedKeyMaterialCommand,
  DeriveSharedSecretCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  DisableKeyRotationCommand,
  EnableKeyCommand,
  EnableKeyRotationCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  GenerateDataKeyPairCommand,
  GenerateDataKeyPairWithoutPlaintextCommand,
  GenerateDataKeyWithoutPlaintextCommand,
  GenerateMacCommand,
  GenerateRandomCommand,
  GetKeyPolicyCommand,
  GetKeyRotationStatusCommand,
  GetParametersForImportCommand,
  GetPublicKeyCommand,
  ImportKeyMaterialCommand,
  KMSClient,
  ListAliasesCommand,
  ListGrantsCommand,
  ListKeyPoliciesCommand,
  ListKeyRotationsCommand,
  ListKeysCommand,
  ListResourceTagsCommand,
  ListRetirableGrantsCommand,
  PutKeyPolicyCommand,
  ReEncryptCommand,
  ReplicateKeyCommand,
  RetireGrantCommand,
  RevokeGrantCommand,
  RotateKeyOnDemandCommand,
  ScheduleKeyDeletionCommand,
  SignCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateAliasCommand,
  UpdateKeyDescriptionCommand,
  VerifyCommand,
  VerifyMacCommand,
  type CreateKeyCommandInput,
  type KeyMetadata,
  type SigningAlgorithmSpec,
} from "@aws-sdk/client-kms";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TestEngine } from "../support/engine.ts";
import { filesWith } from "../support/files.ts";

/* AWS KMS as clients see it. */

const ACCOUNT = "000000000000";
const PREFIX = `arn:aws:kms:us-east-1:${ACCOUNT}:`;
const secret = Buffer.from("correct horse battery staple");
let engine: TestEngine;
let kms: KMSClient;
let aliases = 0;

beforeAll(async () => {
  engine = await TestEngine.start(["--compute", "simulated"]);
  kms = client();
});
afterAll(() => engine?.stop());

function client(credentials = engine.credentials): KMSClient {
  const { endpoint, region } = engine;
  return new KMSClient({ endpoint, region, credentials, maxAttempts: 1 });
}

async function makeKey(input: CreateKeyCommandInput = {}): Promise<MadeKey> {
  return (await kms.send(new CreateKeyCommand(input))).KeyMetadata as MadeKey;
}

function refused(name: string, message?: string | RegExp) {
  const words = message instanceof RegExp ? expect.stringMatching(message) : message;
  return expect.objectContaining({
    name,
    $metadata: expect.objectContaining({ httpStatusCode: 400 }),
    ...(words === undefined ? {} : { message: words }),
  });
}

test("the AWS CLI makes a key, encrypts, decrypts and gives it up", async () => {
  const file = join(engine.dataFolder, "of-the-cli.bin");
  const { KeyMetadata } = await engine.awsJson<{ KeyMetadata: KeyMetadata }>(
    "kms",
    "create-key",
    "--description",
    "of the CLI",
    "--tags",
    "TagKey=team,TagValue=a",
  );
  const { KeyId, Arn } = KeyMetadata;
  expect(KeyMetadata).toEqual({
    AWSAccountId: ACCOUNT,
    KeyId: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
    Arn: `${PREFIX}key/${KeyId}`,
    CreationDate: expect.anything(),
    Enabled: true,
    Description: "of the CLI",
    KeyUsage: "ENCRYPT_DECRYPT",
    KeyState: "Enabled",
    Origin: "AWS_KMS",
    KeyManager: "CUSTOMER",
    CustomerMasterKeySpec: "SYMMETRIC_DEFAULT",
    KeySpec: "SYMMETRIC_DEFAULT",
    EncryptionAlgorithms: ["SYMMETRIC_DEFAULT"],
    MultiRegion: false,
  });
  await engine.aws("kms", "create-alias", "--alias-name", "alias/cli", "--target-key-id", KeyId!);
  writeFileSync(file, secret);
  const context = ["--encryption-context", "purpose=test"];
  const encrypt = ["kms", "encrypt", "--key-id", "alias/cli", "--plaintext", `fileb://${file}`, ...context];
  const encrypted = await engine.awsJson<{ CiphertextBlob: string; KeyId: string }>(...encrypt);
  expect(encrypted.KeyId).toBe(Arn);
  writeFileSync(file, Buffer.from(encrypted.CiphertextBlob, "base64"));
  const decrypt = ["kms", "decrypt", "--ciphertext-blob", `fileb://${file}`];
  const decrypted = await engine.awsJson<{ Plaintext: string }>(...decrypt, ...context);
  expect(decrypted).toMatchObject({
    KeyId: Arn,
    Plaintext: secret.toString("base64"),
    EncryptionAlgorithm: "SYMMETRIC_DEFAULT",
  });
  await expect(engine.aws(...decrypt)).rejects.toThrow(
    /\(InvalidCiphertextException\) when calling the Decrypt operation/,
  );
  await engine.aws("kms", "schedule-key-deletion", "--key-id", KeyId!, "--pending-window-in-days", "7");
  await expect(engine.aws(...decrypt, ...context)).rejects.toThrow(
    `(KMSInvalidStateException) when calling the Decrypt operation: ${Arn} is pending deletion.`,
  );
});

describe("how a key is named", () => {
  test("by id, ARN, alias and alias ARN", async () => {
    const { KeyId, Arn } = await makeKey();
    const name = `alias/a/${aliases++}`;
    await kms.send(new CreateAliasCommand({ AliasName: name, TargetKeyId: Arn }));
    for (const each of [KeyId, Arn, name, PREFIX + name])
      expect((await kms.send(new DescribeKeyCommand({ KeyId: each }))).KeyMetadata!.Arn).toBe(Arn);
    await expect(kms.send(new EnableKeyCommand({ KeyId: name }))).rejects.toEqual(refused("NotFoundException"));
  });

  const uuid = "12345678-1234-1234-1234-123456789012";
  test.each([
    [uuid, "NotFoundException", `Key '${PREFIX}key/${uuid}' does not exist`],
    [`${PREFIX}key/${uuid}`, "NotFoundException", `Key '${PREFIX}key/${uuid}' does not exist`],
    [`${PREFIX}key/${uuid}`.replace("us-east-1", "eu-west-1"), "NotFoundException", "Invalid arn eu-west-1"],
    ["fake-key-id", "NotFoundException", "Invalid keyId 'fake-key-id'"],
    ["alias/none", "NotFoundException", `Alias ${PREFIX}alias/none is not found.`],
    ["arn:aws:s3:::bucket", "InvalidArnException", "Invalid arn arn:aws:s3:::bucket"],
  ])("%s is refused", async (KeyId, name, message) => {
    await expect(kms.send(new DescribeKeyCommand({ KeyId }))).rejects.toEqual(refused(name, message));
  });
});

describe("making keys", () => {
  test.each<[CreateKeyCommandInput, string, string]>([
    [
      { KeySpec: "RSA_2048" },
      "ValidationException",
      "You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.",
    ],
    [
      { KeySpec: "RSA_2048", KeyUsage: "KEY_AGREEMENT" },
      "ValidationException",
      "KeyUsage KEY_AGREEMENT is not compatible with KeySpec RSA_2048",
    ],
    [{ MultiRegion: true }, "UnsupportedOperationException", "A multi-Region key is not supported by Neargate yet."],
    [{ Tags: [{ TagKey: "aws:x", TagValue: "" }] }, "TagException", "Tags beginning with aws: are reserved"],
    [
      {
        Tags: [
          { TagKey: "a", TagValue: "" },
          { TagKey: "a", TagValue: "" },
        ],
      },
      "TagException",
      "Duplicate tag keys",
    ],
    [{ Policy: "{" }, "MalformedPolicyDocumentException", ""],
    [
      { Policy: policy(allow(`arn:aws:iam::${ACCOUNT}:root`, "kms:Describe*")) },
      "MalformedPolicyDocumentException",
      "The new key policy will not allow you to update the key policy in the future.",
    ],
  ])("%j is refused", async (input, name, message) => {
    await expect(kms.send(new CreateKeyCommand(input))).rejects.toEqual(refused(name, message || undefined));
  });

  test("descriptions, tags, states and pages", async () => {
    const { KeyId, Arn } = await makeKey({ Tags: [{ TagKey: "a", TagValue: "1" }] });
    await kms.send(new UpdateKeyDescriptionCommand({ KeyId, Description: "other" }));
    await kms.send(new TagResourceCommand({ KeyId, Tags: [{ TagKey: "b", TagValue: "2" }] }));
    await kms.send(new UntagResourceCommand({ KeyId, TagKeys: ["a", "none"] }));
    expect(await kms.send(new ListResourceTagsCommand({ KeyId }))).toMatchObject({
      Tags: [{ TagKey: "b", TagValue: "2" }],
      Truncated: false,
    });
    await kms.send(new DisableKeyCommand({ KeyId }));
    expect((await kms.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata).toMatchObject({
      Description: "other",
      Enabled: false,
      KeyState: "Disabled",
    });
    await expect(kms.send(new EncryptCommand({ KeyId, Plaintext: secret }))).rejects.toEqual(
      refused("DisabledException", `${Arn} is disabled.`),
    );
    await kms.send(new EnableKeyCommand({ KeyId }));
    const scheduled = await kms.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 8 }));
    expect(scheduled).toMatchObject({ KeyId: Arn, KeyState: "PendingDeletion", PendingWindowInDays: 8 });
    expect(scheduled.DeletionDate!.getTime() / 86_400_000 - Date.now() / 86_400_000).toBeCloseTo(8, 2);
    await expect(kms.send(new EnableKeyCommand({ KeyId }))).rejects.toEqual(
      refused("KMSInvalidStateException", `${Arn} is pending deletion.`),
    );
    expect((await kms.send(new CancelKeyDeletionCommand({ KeyId }))).KeyId).toBe(Arn);
    expect((await kms.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata!.KeyState).toBe("Disabled");
    await expect(kms.send(new CancelKeyDeletionCommand({ KeyId }))).rejects.toEqual(
      refused("KMSInvalidStateException", `${Arn} is not pending deletion.`),
    );
    await expect(kms.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 6 }))).rejects.toEqual(
      refused("ValidationException"),
    );
    await expect(kms.send(new ReplicateKeyCommand({ KeyId, ReplicaRegion: "eu-west-1" }))).rejects.toEqual(
      refused("UnsupportedOperationException", `${Arn} is not a multi-region primary key.`),
    );

    const first = await kms.send(new ListKeysCommand({ Limit: 1 }));
    expect(first).toMatchObject({ Keys: [{ KeyId: expect.any(String) }], Truncated: true });
    const rest = await kms.send(new ListKeysCommand({ Marker: first.NextMarker }));
    expect([...first.Keys!, ...rest.Keys!]).toContainEqual({ KeyId, KeyArn: Arn });
    await expect(kms.send(new ListKeysCommand({ Marker: "none" }))).rejects.toEqual(refused("InvalidMarkerException"));
  });
});

test("aliases", async () => {
  const [one, two, rsa] = await Promise.all([
    makeKey(),
    makeKey(),
    makeKey({ KeySpec: "RSA_2048", KeyUsage: "ENCRYPT_DECRYPT" }),
  ]);
  const AliasName = `alias/b-${aliases++}`;
  const create = (name: string, TargetKeyId = one.KeyId) =>
    kms.send(new CreateAliasCommand({ AliasName: name, TargetKeyId }));
  await create(AliasName);
  await expect(create(AliasName, two.KeyId)).rejects.toEqual(
    refused("AlreadyExistsException", `An alias with the name ${PREFIX}${AliasName} already exists`),
  );
  await expect(create("none")).rejects.toEqual(
    refused("ValidationException", /^Alias must start with the prefix "alias\/"/),
  );
  await expect(create("alias/aws/mine")).rejects.toEqual(refused("NotAuthorizedException"));
  await expect(create("alias/")).rejects.toEqual(refused("InvalidAliasNameException"));
  await kms.send(new UpdateAliasCommand({ AliasName, TargetKeyId: two.KeyId }));
  expect(await kms.send(new ListAliasesCommand({ KeyId: two.KeyId }))).toMatchObject({
    Aliases: [{ AliasName, AliasArn: PREFIX + AliasName, TargetKeyId: two.KeyId, CreationDate: expect.any(Date) }],
    Truncated: false,
  });
  await expect(kms.send(new UpdateAliasCommand({ AliasName, TargetKeyId: rsa.KeyId }))).rejects.toEqual(
    refused("ValidationException"),
  );
  await kms.send(new DeleteAliasCommand({ AliasName }));
  await expect(kms.send(new DeleteAliasCommand({ AliasName }))).rejects.toEqual(
    refused("NotFoundException", `Alias ${PREFIX}${AliasName} is not found.`),
  );
  // AWS's own keys come into being when they are asked for, and nobody changes them.
  const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: "alias/aws/s3" }));
  expect(KeyMetadata).toMatchObject({ KeyManager: "AWS", KeyState: "Enabled" });
  const { Aliases } = await kms.send(new ListAliasesCommand({}));
  expect(Aliases).toContainEqual(
    expect.objectContaining({ AliasName: "alias/aws/s3", TargetKeyId: KeyMetadata!.KeyId }),
  );
  await expect(kms.send(new ScheduleKeyDeletionCommand({ KeyId: KeyMetadata!.KeyId }))).rejects.toEqual(
    refused("AccessDeniedException", /kms:ScheduleKeyDeletion on resource/),
  );
});

describe("symmetric keys", () => {
  test("encrypt with a context, and re-encrypt", async () => {
    const [one, two] = await Promise.all([makeKey(), makeKey()]);
    const EncryptionContext = { a: "1", b: "2" };
    const { CiphertextBlob } = await kms.send(
      new EncryptCommand({ KeyId: one.KeyId, Plaintext: secret, EncryptionContext }),
    );
    const decrypt = (input: object) => kms.send(new DecryptCommand({ CiphertextBlob, EncryptionContext, ...input }));
    expect(await decrypt({ EncryptionContext: { b: "2", a: "1" } })).toMatchObject({
      KeyId: one.Arn,
      KeyMaterialId: one.CurrentKeyMaterialId,
    });
    const invalid = refused("InvalidCiphertextException");
    await expect(decrypt({ EncryptionContext: { a: "1" } })).rejects.toEqual(invalid);
    const changed = Buffer.from(CiphertextBlob!);
    changed[changed.length - 1]! ^= 1;
    await expect(decrypt({ CiphertextBlob: changed })).rejects.toEqual(invalid);
    await expect(decrypt({ CiphertextBlob: secret })).rejects.toEqual(invalid);
    await expect(decrypt({ KeyId: two.KeyId })).rejects.toEqual(
      refused(
        "IncorrectKeyException",
        "The key ID in the request does not identify a CMK that can perform this operation.",
      ),
    );
    const again = await kms.send(
      new ReEncryptCommand({ CiphertextBlob, SourceEncryptionContext: EncryptionContext, DestinationKeyId: two.Arn }),
    );
    expect(again).toMatchObject({ SourceKeyId: one.Arn, KeyId: two.Arn });
    const { Plaintext } = await kms.send(new DecryptCommand({ CiphertextBlob: again.CiphertextBlob }));
    expect(Buffer.from(Plaintext!)).toEqual(secret);
    await expect(kms.send(new EncryptCommand({ KeyId: one.KeyId, Plaintext: Buffer.alloc(4097) }))).rejects.toEqual(
      refused(
        "ValidationException",
        /at 'plaintext' failed to satisfy constraint: Member must have length less than or equal to 4096/,
      ),
    );
    await expect(
      kms.send(new EncryptCommand({ KeyId: one.KeyId, Plaintext: secret, DryRun: true })),
    ).rejects.toMatchObject({
      name: "DryRunOperationException",
      message: "The request would have succeeded, but the DryRun option is set.",
    });
  });

  test("data keys and pairs", async () => {
    const { KeyId, Arn } = await makeKey();
    const plaintextOf = async (CiphertextBlob: Uint8Array | undefined) =>
      Buffer.from((await kms.send(new DecryptCommand({ CiphertextBlob }))).Plaintext!);
    const key = await kms.send(new GenerateDataKeyCommand({ KeyId, KeySpec: "AES_256" }));
    expect(key).toMatchObject({ KeyId: Arn, Plaintext: expect.objectContaining({ length: 32 }) });
    expect(await plaintextOf(key.CiphertextBlob)).toEqual(Buffer.from(key.Plaintext!));
    const hidden = await kms.send(new GenerateDataKeyWithoutPlaintextCommand({ KeyId, NumberOfBytes: 5 }));
    expect(hidden).not.toHaveProperty("Plaintext");
    expect(await plaintextOf(hidden.CiphertextBlob)).toHaveLength(5);
    for (const input of [{}, { KeySpec: "AES_128" as const, NumberOfBytes: 5 }])
      await expect(kms.send(new GenerateDataKeyCommand({ KeyId, ...input }))).rejects.toEqual(
        refused("ValidationException", "Please specify either number of bytes or key spec."),
      );
    const pair = await kms.send(new GenerateDataKeyPairCommand({ KeyId, KeyPairSpec: "RSA_2048" }));
    const publicKey = createPublicKey({ key: Buffer.from(pair.PublicKey!), format: "der", type: "spki" });
    expect(publicKey.asymmetricKeyDetails!.modulusLength).toBe(2048);
    expect(await plaintextOf(pair.PrivateKeyCiphertextBlob)).toEqual(Buffer.from(pair.PrivateKeyPlaintext!));
    const sealed = await kms.send(
      new GenerateDataKeyPairWithoutPlaintextCommand({ KeyId, KeyPairSpec: "ECC_NIST_P256" }),
    );
    expect(sealed).toMatchObject({ KeyPairSpec: "ECC_NIST_P256", PublicKey: expect.anything() });
    expect(sealed).not.toHaveProperty("PrivateKeyPlaintext");
    expect((await kms.send(new GenerateRandomCommand({ NumberOfBytes: 7 }))).Plaintext).toHaveLength(7);
    await expect(kms.send(new GenerateRandomCommand({}))).rejects.toEqual(
      refused("ValidationException", "NumberOfBytes is required."),
    );
  });

  test("rotate, and decrypt what they encrypted before", async () => {
    const { KeyId, Arn, CurrentKeyMaterialId } = await makeKey();
    const before = await kms.send(new EncryptCommand({ KeyId, Plaintext: secret }));
    expect(await kms.send(new RotateKeyOnDemandCommand({ KeyId }))).toMatchObject({ KeyId: Arn });
    const after = await kms.send(new EncryptCommand({ KeyId, Plaintext: secret }));
    const materials = await Promise.all(
      [before, after].map(async ({ CiphertextBlob }) => {
        const { Plaintext, KeyMaterialId } = await kms.send(new DecryptCommand({ CiphertextBlob }));
        expect(Buffer.from(Plaintext!)).toEqual(secret);
        return KeyMaterialId;
      }),
    );
    expect(materials[0]).toBe(CurrentKeyMaterialId);
    expect(materials[1]).not.toBe(CurrentKeyMaterialId);
    const { Rotations } = await kms.send(new ListKeyRotationsCommand({ KeyId }));
    expect(Rotations).toEqual([
      {
        KeyId: Arn,
        KeyMaterialId: materials[1],
        KeyMaterialState: "CURRENT",
        RotationDate: expect.any(Date),
        RotationType: "ON_DEMAND",
      },
    ]);
    const status = async () => await kms.send(new GetKeyRotationStatusCommand({ KeyId }));
    expect(await status()).toMatchObject({ KeyRotationEnabled: false });
    await kms.send(new EnableKeyRotationCommand({ KeyId, RotationPeriodInDays: 90 }));
    expect(await status()).toMatchObject({
      KeyId: Arn,
      KeyRotationEnabled: true,
      RotationPeriodInDays: 90,
      NextRotationDate: expect.any(Date),
    });
    await kms.send(new DisableKeyRotationCommand({ KeyId }));
    expect(await status()).not.toHaveProperty("NextRotationDate");
    await expect(kms.send(new EnableKeyRotationCommand({ KeyId, RotationPeriodInDays: 89 }))).rejects.toEqual(
      refused("ValidationException", /at 'rotationPeriodInDays'/),
    );
  });
});

describe("asymmetric and HMAC keys", () => {
  test.each<[KeySpecName, SigningAlgorithmSpec]>([
    ["RSA_2048", "RSASSA_PSS_SHA_256"],
    ["RSA_2048", "RSASSA_PKCS1_V1_5_SHA_512"],
    ["ECC_NIST_P256", "ECDSA_SHA_256"],
    ["ECC_NIST_P384", "ECDSA_SHA_384"],
    ["ECC_NIST_P521", "ECDSA_SHA_512"],
    ["ECC_SECG_P256K1", "ECDSA_SHA_256"],
  ])("%s signs by %s what OpenSSL verifies", async (KeySpec, SigningAlgorithm) => {
    const { KeyId, Arn } = await makeKey({ KeySpec, KeyUsage: "SIGN_VERIFY" });
    const Message = secret;
    const hash = `sha${SigningAlgorithm.slice(-3)}`;
    const { PublicKey } = await kms.send(new GetPublicKeyCommand({ KeyId }));
    const key = createPublicKey({ key: Buffer.from(PublicKey!), format: "der", type: "spki" });
    const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
    const how = SigningAlgorithm.includes("PSS") ? { key, ...pss } : key;
    const digest = createHash(hash).update(Message).digest();
    for (const input of [{ Message }, { Message: digest, MessageType: "DIGEST" as const }]) {
      const { Signature } = await kms.send(new SignCommand({ KeyId, SigningAlgorithm, ...input }));
      expect(verify(hash, Message, how, Signature!)).toBe(true);
      expect(await kms.send(new VerifyCommand({ KeyId, SigningAlgorithm, Signature, Message }))).toMatchObject({
        KeyId: Arn,
        SignatureValid: true,
      });
      const other = new VerifyCommand({ KeyId, SigningAlgorithm, Signature, Message: Buffer.from("other") });
      await expect(kms.send(other)).rejects.toEqual(refused("KMSInvalidSignatureException"));
    }
    const short = new SignCommand({ KeyId, SigningAlgorithm, Message: Buffer.alloc(5), MessageType: "DIGEST" });
    await expect(kms.send(short)).rejects.toEqual(
      refused("ValidationException", `Digest is invalid length for algorithm ${SigningAlgorithm}.`),
    );
    await expect(kms.send(new EncryptCommand({ KeyId, Plaintext: Message }))).rejects.toEqual(
      refused("InvalidKeyUsageException", `${Arn} key usage is SIGN_VERIFY which is not valid for Encrypt.`),
    );
  });

  test("RSA encrypts", async () => {
    const { KeyId } = await makeKey({ KeySpec: "RSA_2048", KeyUsage: "ENCRYPT_DECRYPT" });
    const EncryptionAlgorithm = "RSAES_OAEP_SHA_256";
    const { PublicKey, ...facts } = await kms.send(new GetPublicKeyCommand({ KeyId }));
    expect(facts).toMatchObject({
      EncryptionAlgorithms: ["RSAES_OAEP_SHA_1", EncryptionAlgorithm],
      KeySpec: "RSA_2048",
    });
    const key = createPublicKey({ key: Buffer.from(PublicKey!), format: "der", type: "spki" });
    const own = publicEncrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha256" }, secret);
    const theirs = await kms.send(new EncryptCommand({ KeyId, Plaintext: secret, EncryptionAlgorithm }));
    for (const CiphertextBlob of [own, theirs.CiphertextBlob]) {
      const { Plaintext } = await kms.send(new DecryptCommand({ KeyId, CiphertextBlob, EncryptionAlgorithm }));
      expect(Buffer.from(Plaintext!)).toEqual(secret);
    }
    await expect(
      kms.send(new EncryptCommand({ KeyId, Plaintext: Buffer.alloc(191), EncryptionAlgorithm })),
    ).rejects.toEqual(
      refused(
        "ValidationException",
        "Algorithm RSAES_OAEP_SHA_256 and key spec RSA_2048 cannot encrypt data larger than 190 bytes.",
      ),
    );
    await expect(kms.send(new EncryptCommand({ KeyId, Plaintext: secret }))).rejects.toEqual(
      refused("InvalidKeyUsageException", "Algorithm SYMMETRIC_DEFAULT is incompatible with key spec RSA_2048."),
    );
  });

  test("HMAC keys make and verify", async () => {
    const { KeyId } = await makeKey({ KeySpec: "HMAC_384", KeyUsage: "GENERATE_VERIFY_MAC" });
    const Message = secret;
    const MacAlgorithm = "HMAC_SHA_384";
    const { Mac } = await kms.send(new GenerateMacCommand({ KeyId, Message, MacAlgorithm }));
    expect(Mac).toHaveLength(48);
    expect(await kms.send(new VerifyMacCommand({ KeyId, Message, MacAlgorithm, Mac }))).toMatchObject({
      MacValid: true,
    });
    await expect(
      kms.send(new VerifyMacCommand({ KeyId, Message: Buffer.from("other"), MacAlgorithm, Mac })),
    ).rejects.toEqual(refused("KMSInvalidMacException"));
    await expect(kms.send(new GenerateMacCommand({ KeyId, Message, MacAlgorithm: "HMAC_SHA_256" }))).rejects.toEqual(
      refused("InvalidKeyUsageException", "Algorithm HMAC_SHA_256 is incompatible with key spec HMAC_384."),
    );
  });

  test("keys agree on a secret", async () => {
    const { KeyId } = await makeKey({ KeySpec: "ECC_NIST_P256", KeyUsage: "KEY_AGREEMENT" });
    const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
    const PublicKey = publicKey.export({ type: "spki", format: "der" });
    const { SharedSecret } = await kms.send(
      new DeriveSharedSecretCommand({ KeyId, KeyAgreementAlgorithm: "ECDH", PublicKey }),
    );
    const ecdh = createECDH("prime256v1");
    ecdh.setPrivateKey(Buffer.from(privateKey.export({ format: "jwk" }).d!, "base64url"));
    const theirs = (await kms.send(new GetPublicKeyCommand({ KeyId }))).PublicKey!;
    expect(Buffer.from(SharedSecret!)).toEqual(ecdh.computeSecret(theirs.slice(-65)));
    await expect(
      kms.send(new DeriveSharedSecretCommand({ KeyId, KeyAgreementAlgorithm: "ECDH", PublicKey: secret })),
    ).rejects.toEqual(refused("ValidationException"));
  });
});

describe("imported material", () => {
  const importInto = async (KeyId: string, bytes: Buffer, more: object = {}, byAes = false) => {
    const { ImportToken, PublicKey } = await kms.send(
      new GetParametersForImportCommand({
        KeyId,
        WrappingAlgorithm: byAes ? "RSA_AES_KEY_WRAP_SHA_256" : "RSAES_OAEP_SHA_256",
        WrappingKeySpec: "RSA_2048",
      }),
    );
    const key = createPublicKey({ key: Buffer.from(PublicKey!), format: "der", type: "spki" });
    const wrap = (plain: Buffer) =>
      publicEncrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha256" }, plain);
    const aesKey = randomBytes(32);
    const cipher = createCipheriv("id-aes256-wrap-pad", aesKey, Buffer.from("a65959a6", "hex"));
    const EncryptedKeyMaterial = byAes
      ? Buffer.concat([wrap(aesKey), cipher.update(bytes), cipher.final()])
      : wrap(bytes);
    const ExpirationModel = "KEY_MATERIAL_DOES_NOT_EXPIRE";
    return await kms.send(
      new ImportKeyMaterialCommand({ KeyId, ImportToken, EncryptedKeyMaterial, ExpirationModel, ...more }),
    );
  };

  test("of a symmetric key: imported, deleted, imported again, never another", async () => {
    const { KeyId, Arn, KeyState } = await makeKey({ Origin: "EXTERNAL" });
    expect(KeyState).toBe("PendingImport");
    await expect(kms.send(new EncryptCommand({ KeyId, Plaintext: secret }))).rejects.toEqual(
      refused("KMSInvalidStateException", `${Arn} is pending import.`),
    );
    const bytes = randomBytes(32);
    await expect(importInto(KeyId, bytes, { ExpirationModel: "KEY_MATERIAL_EXPIRES" })).rejects.toEqual(
      refused("ValidationException", "A validTo date must be set if the ExpirationModel is KEY_MATERIAL_EXPIRES"),
    );
    await importInto(KeyId, bytes);
    const state = async () => (await kms.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata!;
    expect(await state()).toMatchObject({ KeyState: "Enabled", ExpirationModel: "KEY_MATERIAL_DOES_NOT_EXPIRE" });
    const { CiphertextBlob } = await kms.send(new EncryptCommand({ KeyId, Plaintext: secret }));
    await kms.send(new DeleteImportedKeyMaterialCommand({ KeyId }));
    expect(await state()).toMatchObject({ KeyState: "PendingImport" });
    await expect(importInto(KeyId, randomBytes(32))).rejects.toEqual(refused("IncorrectKeyMaterialException"));
    const ValidTo = new Date(Date.now() + 3_600_000);
    await importInto(KeyId, bytes, { ExpirationModel: "KEY_MATERIAL_EXPIRES", ValidTo });
    expect(await state()).toMatchObject({ KeyState: "Enabled", ExpirationModel: "KEY_MATERIAL_EXPIRES" });
    expect(Buffer.from((await kms.send(new DecryptCommand({ CiphertextBlob }))).Plaintext!)).toEqual(secret);
    const rotate = () => kms.send(new RotateKeyOnDemandCommand({ KeyId }));
    await expect(rotate()).rejects.toEqual(
      refused("KMSInvalidStateException", `No available key material pending rotation for the key: ${Arn}.`),
    );
    const ImportType = "NEW_KEY_MATERIAL";
    const KeyMaterialDescription = "second";
    const { KeyMaterialId } = await importInto(KeyId, randomBytes(32), { ImportType, KeyMaterialDescription });
    await expect(importInto(KeyId, randomBytes(32), { ImportType })).rejects.toEqual(
      refused(
        "KMSInvalidStateException",
        new RegExp(`another key material \\(id: ${KeyMaterialId}\\) is pending rotation`),
      ),
    );
    const { CurrentKeyMaterialId } = await state();
    await rotate();
    const { Rotations } = await kms.send(
      new ListKeyRotationsCommand({ KeyId, IncludeKeyMaterial: "ALL_KEY_MATERIAL" }),
    );
    expect(Rotations).toMatchObject([
      { KeyMaterialId: CurrentKeyMaterialId, KeyMaterialState: "NON_CURRENT", ImportState: "IMPORTED", ValidTo },
      { KeyMaterialId, KeyMaterialState: "CURRENT", RotationType: "ON_DEMAND", KeyMaterialDescription },
    ]);
    expect(Buffer.from((await kms.send(new DecryptCommand({ CiphertextBlob }))).Plaintext!)).toEqual(secret);
    // A key is whole only with all that it encrypted with.
    await kms.send(new DeleteImportedKeyMaterialCommand({ KeyId, KeyMaterialId: CurrentKeyMaterialId }));
    expect(await state()).toMatchObject({ KeyState: "PendingImport", CurrentKeyMaterialId: KeyMaterialId });
    await importInto(KeyId, bytes);
    expect(await state()).toMatchObject({ KeyState: "Enabled", CurrentKeyMaterialId: KeyMaterialId });
  });

  test("of an RSA key, wrapped by AES", async () => {
    const { KeyId } = await makeKey({ Origin: "EXTERNAL", KeySpec: "RSA_2048", KeyUsage: "ENCRYPT_DECRYPT" });
    const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    await importInto(KeyId, privateKey.export({ type: "pkcs8", format: "der" }), {}, true);
    const { PublicKey } = await kms.send(new GetPublicKeyCommand({ KeyId }));
    expect(Buffer.from(PublicKey!)).toEqual(publicKey.export({ type: "spki", format: "der" }));
    const EncryptionAlgorithm = "RSAES_OAEP_SHA_1";
    const { CiphertextBlob } = await kms.send(new EncryptCommand({ KeyId, Plaintext: secret, EncryptionAlgorithm }));
    const padding = constants.RSA_PKCS1_OAEP_PADDING;
    expect(privateDecrypt({ key: privateKey, padding, oaepHash: "sha1" }, CiphertextBlob!)).toEqual(secret);
  });

  test("only where it belongs", async () => {
    const [own, external, hmac] = await Promise.all([
      makeKey(),
      makeKey({ Origin: "EXTERNAL" }),
      makeKey({ Origin: "EXTERNAL", KeySpec: "HMAC_256", KeyUsage: "GENERATE_VERIFY_MAC" }),
    ]);
    await expect(importInto(own.KeyId, randomBytes(32))).rejects.toEqual(
      refused("UnsupportedOperationException", `${own.Arn} origin is AWS_KMS which is not valid for this operation.`),
    );
    await expect(importInto(external.KeyId, randomBytes(16))).rejects.toEqual(refused("IncorrectKeyMaterialException"));
    const bytes = randomBytes(32);
    await importInto(hmac.KeyId, bytes);
    const mac = { KeyId: hmac.KeyId, Message: secret, MacAlgorithm: "HMAC_SHA_256" as const };
    expect(Buffer.from((await kms.send(new GenerateMacCommand(mac))).Mac!)).toEqual(
      createHmac("sha256", bytes).update(secret).digest(),
    );
    const ImportToken = secret;
    await expect(importInto(external.KeyId, bytes, { ImportToken })).rejects.toEqual(
      refused("InvalidImportTokenException"),
    );
  });
});

describe("who may use a key", () => {
  const user = async (UserName: string, statement?: object) => {
    const { endpoint, region, credentials } = engine;
    const iam = new IAMClient({ endpoint, region, credentials, maxAttempts: 1 });
    const { User } = await iam.send(new CreateUserCommand({ UserName }));
    if (statement)
      await iam.send(
        new PutUserPolicyCommand({
          UserName,
          PolicyName: "own",
          PolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement: [statement] }),
        }),
      );
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
    return {
      arn: User!.Arn!,
      kms: client({ accessKeyId: AccessKey!.AccessKeyId!, secretAccessKey: AccessKey!.SecretAccessKey! }),
    };
  };
  const denied = (action: string) =>
    refused("AccessDeniedException", new RegExp(`is not authorized to perform: kms:${action} on resource: `));

  test("IAM policies count where the key's policy names the account", async () => {
    const ada = await user("kms-ada", { Effect: "Allow", Action: "kms:*", Resource: "*" });
    const open = await makeKey();
    const own = allow(`arn:aws:iam::${ACCOUNT}:root`, "kms:*Polic*");
    const closed = await makeKey({ Policy: policy(own) });
    const encrypt = (KeyId: string) => ada.kms.send(new EncryptCommand({ KeyId, Plaintext: secret }));
    await encrypt(open.KeyId);
    await expect(encrypt(closed.KeyId)).rejects.toEqual(denied("Encrypt"));
    const stage = { StringEquals: { "kms:EncryptionContext:stage": "test" } };
    const Policy = policy(own, { ...allow(ada.arn, "kms:Encrypt"), Condition: stage });
    await kms.send(new PutKeyPolicyCommand({ KeyId: closed.KeyId, Policy }));
    expect(await kms.send(new GetKeyPolicyCommand({ KeyId: closed.KeyId }))).toMatchObject({ Policy });
    expect((await kms.send(new ListKeyPoliciesCommand({ KeyId: closed.KeyId }))).PolicyNames).toEqual(["default"]);
    await expect(encrypt(closed.KeyId)).rejects.toEqual(denied("Encrypt"));
    await ada.kms.send(
      new EncryptCommand({ KeyId: closed.KeyId, Plaintext: secret, EncryptionContext: { stage: "test" } }),
    );
    // AWS's own keys are used by way of their services only.
    await expect(encrypt("alias/aws/secretsmanager")).rejects.toEqual(denied("Encrypt"));
    await ada.kms.send(new DescribeKeyCommand({ KeyId: "alias/aws/secretsmanager" }));
  });

  test("grants let their grantee do what no policy does, within their constraints", async () => {
    const bob = await user("kms-bob");
    const { KeyId, Arn } = await makeKey();
    const { CiphertextBlob } = await kms.send(
      new EncryptCommand({ KeyId, Plaintext: secret, EncryptionContext: { a: "1", b: "2" } }),
    );
    const decrypt = (EncryptionContext = { a: "1", b: "2" }) =>
      bob.kms.send(new DecryptCommand({ CiphertextBlob, EncryptionContext }));
    await expect(decrypt()).rejects.toEqual(denied("Decrypt"));
    const grant = {
      KeyId,
      GranteePrincipal: bob.arn,
      RetiringPrincipal: bob.arn,
      Operations: ["Decrypt" as const],
      Constraints: { EncryptionContextSubset: { a: "1" } },
      Name: "one",
    };
    const { GrantId, GrantToken } = await kms.send(new CreateGrantCommand(grant));
    expect((await kms.send(new CreateGrantCommand(grant))).GrantId).toBe(GrantId);
    expect(Buffer.from((await decrypt()).Plaintext!)).toEqual(secret);
    await bob.kms.send(
      new DecryptCommand({ CiphertextBlob, EncryptionContext: { a: "1", b: "2" }, GrantTokens: [GrantToken!] }),
    );
    await expect(decrypt({ a: "0", b: "2" })).rejects.toEqual(denied("Decrypt"));
    await expect(bob.kms.send(new DescribeKeyCommand({ KeyId }))).rejects.toEqual(denied("DescribeKey"));
    const told = {
      ...grant,
      KeyId: Arn,
      GrantId,
      CreationDate: expect.any(Date),
      IssuingAccount: `arn:aws:iam::${ACCOUNT}:root`,
    };
    expect((await kms.send(new ListGrantsCommand({ KeyId }))).Grants).toEqual([told]);
    const RetiringPrincipal = bob.arn;
    expect((await kms.send(new ListRetirableGrantsCommand({ RetiringPrincipal }))).Grants).toEqual([told]);
    await bob.kms.send(new RetireGrantCommand({ GrantToken }));
    await expect(decrypt()).rejects.toEqual(denied("Decrypt"));
    const other = await kms.send(new CreateGrantCommand({ ...grant, Name: "two" }));
    await kms.send(new RevokeGrantCommand({ KeyId, GrantId: other.GrantId }));
    await expect(kms.send(new RevokeGrantCommand({ KeyId, GrantId: other.GrantId }))).rejects.toEqual(
      refused("NotFoundException"),
    );
    await expect(kms.send(new CreateGrantCommand({ ...grant, Operations: ["Sign"] }))).rejects.toEqual(
      refused("ValidationException"),
    );
    await expect(kms.send(new DescribeKeyCommand({ KeyId, GrantTokens: ["none"] }))).rejects.toEqual(
      refused("InvalidGrantTokenException"),
    );
  });
});

test("nothing secret is in the data folder, and keys outlive a kill", async () => {
  const { KeyId } = await makeKey({ Origin: "EXTERNAL" });
  const bytes = randomBytes(32);
  const { ImportToken, PublicKey } = await kms.send(
    new GetParametersForImportCommand({ KeyId, WrappingAlgorithm: "RSAES_OAEP_SHA_1", WrappingKeySpec: "RSA_2048" }),
  );
  const key = createPublicKey({ key: Buffer.from(PublicKey!), format: "der", type: "spki" });
  const padding = constants.RSA_PKCS1_OAEP_PADDING;
  const EncryptedKeyMaterial = publicEncrypt({ key, padding, oaepHash: "sha1" }, bytes);
  const ExpirationModel = "KEY_MATERIAL_DOES_NOT_EXPIRE";
  await kms.send(new ImportKeyMaterialCommand({ KeyId, ImportToken, EncryptedKeyMaterial, ExpirationModel }));
  const { CiphertextBlob } = await kms.send(new EncryptCommand({ KeyId, Plaintext: secret }));
  await engine.kill();
  const found = (needle: Buffer) => filesWith(engine.dataFolder, needle);
  const { secretAccessKey } = engine.credentials;
  expect(found(Buffer.from(KeyId))).not.toEqual([]);
  for (const encoding of ["hex", "base64"] as const) expect(found(Buffer.from(bytes.toString(encoding)))).toEqual([]);
  expect(found(bytes)).toEqual([]);
  // The profile of the AWS CLI is in the home folder, which a test's engine has in its data folder.
  expect(found(Buffer.from(secretAccessKey)).filter((path) => !path.includes("/.aws/"))).toEqual([]);
  await engine.up();
  expect(engine.credentials.secretAccessKey).toBe(secretAccessKey);
  expect(Buffer.from((await kms.send(new DecryptCommand({ CiphertextBlob }))).Plaintext!)).toEqual(secret);
});

type MadeKey = { [Name in keyof KeyMetadata]-?: NonNullable<KeyMetadata[Name]> };
type KeySpecName = NonNullable<CreateKeyCommandInput["KeySpec"]>;

function allow(AWS: string, Action: string): object {
  return { Effect: "Allow", Principal: { AWS }, Action, Resource: "*" };
}

function policy(...Statement: object[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement });
}
