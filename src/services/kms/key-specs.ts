import type {
  EncryptionAlgorithmSpec,
  KeySpec,
  KeyUsageType,
  MacAlgorithmSpec,
  SigningAlgorithmSpec,
} from "@aws-sdk/client-kms";

/** What a key specification can be used for, https://docs.aws.amazon.com/kms/latest/developerguide/symm-asymm-choose-key-spec.html */
export interface KeySpecFacts {
  kind: "symmetric" | "rsa" | "ec" | "hmac";
  usages: readonly KeyUsageType[];
  encryption: readonly EncryptionAlgorithmSpec[];
  signing: readonly SigningAlgorithmSpec[];
  mac: readonly MacAlgorithmSpec[];
  /** Of the modulus, the curve, or the key itself. */
  bits: number;
  /** OpenSSL's name. */
  curve?: string;
}

const NONE = { encryption: [], signing: [], mac: [] };

const symmetric: KeySpecFacts = {
  ...NONE,
  kind: "symmetric",
  usages: ["ENCRYPT_DECRYPT"],
  encryption: ["SYMMETRIC_DEFAULT"],
  bits: 256,
};

function rsa(bits: number): KeySpecFacts {
  return {
    ...NONE,
    kind: "rsa",
    usages: ["ENCRYPT_DECRYPT", "SIGN_VERIFY"],
    encryption: ["RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"],
    signing: [
      "RSASSA_PKCS1_V1_5_SHA_256",
      "RSASSA_PKCS1_V1_5_SHA_384",
      "RSASSA_PKCS1_V1_5_SHA_512",
      "RSASSA_PSS_SHA_256",
      "RSASSA_PSS_SHA_384",
      "RSASSA_PSS_SHA_512",
    ],
    bits,
  };
}

function ec(curve: string, bits: number, algorithm: SigningAlgorithmSpec, agrees = true): KeySpecFacts {
  const usages: KeyUsageType[] = agrees ? ["SIGN_VERIFY", "KEY_AGREEMENT"] : ["SIGN_VERIFY"];
  return { ...NONE, kind: "ec", usages, signing: [algorithm], bits, curve };
}

function hmac(bits: number, algorithm: MacAlgorithmSpec): KeySpecFacts {
  return { ...NONE, kind: "hmac", usages: ["GENERATE_VERIFY_MAC"], mac: [algorithm], bits };
}

const SPECS: Partial<Record<string, KeySpecFacts>> = {
  SYMMETRIC_DEFAULT: symmetric,
  RSA_2048: rsa(2048),
  RSA_3072: rsa(3072),
  RSA_4096: rsa(4096),
  ECC_NIST_P256: ec("prime256v1", 256, "ECDSA_SHA_256"),
  ECC_NIST_P384: ec("secp384r1", 384, "ECDSA_SHA_384"),
  ECC_NIST_P521: ec("secp521r1", 521, "ECDSA_SHA_512"),
  ECC_SECG_P256K1: ec("secp256k1", 256, "ECDSA_SHA_256", false),
  HMAC_224: hmac(224, "HMAC_SHA_224"),
  HMAC_256: hmac(256, "HMAC_SHA_256"),
  HMAC_384: hmac(384, "HMAC_SHA_384"),
  HMAC_512: hmac(512, "HMAC_SHA_512"),
};

/** `undefined` for specifications that are not built: SM2, Edwards curves and post-quantum keys. */
export function keySpecFacts(spec: string): KeySpecFacts | undefined {
  return SPECS[spec];
}

/** Of a stored key, whose specification was checked when it was made. */
export function factsOf({ spec }: { spec: KeySpec }): KeySpecFacts {
  return SPECS[spec]!;
}
