import { createHash, generateKeyPairSync, type KeyObject } from "node:crypto";
import type { SigningAlgorithmSpec } from "@aws-sdk/client-kms";
import { describe, expect, test } from "vitest";
import { digestBytes, isSignature, makeSignature } from "./signatures.ts";

const message = Buffer.from("a message to sign");
const other = Buffer.from("another message");
const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const ec = (namedCurve: string) => generateKeyPairSync("ec", { namedCurve });
const cases: [SigningAlgorithmSpec, { privateKey: KeyObject; publicKey: KeyObject }][] = [
  ...(["PSS", "PKCS1_V1_5"] as const).flatMap((padding) =>
    ([256, 384, 512] as const).map((bits): (typeof cases)[number] => [`RSASSA_${padding}_SHA_${bits}`, rsa]),
  ),
  ["ECDSA_SHA_256", ec("prime256v1")],
  ["ECDSA_SHA_384", ec("secp384r1")],
  ["ECDSA_SHA_512", ec("secp521r1")],
  ["ECDSA_SHA_256", ec("secp256k1")],
];

// node:crypto signs and verifies messages; what is done here with digests must agree with it both ways.
describe.each(cases)("%s", (algorithm, { privateKey, publicKey }) => {
  const digest = (bytes: Buffer) =>
    createHash(`sha${algorithm.slice(-3)}`)
      .update(bytes)
      .digest();
  const raw = { bytes: message, isDigest: false };
  const digested = { bytes: digest(message), isDigest: true };

  test("signatures of a message and of its digest are the same thing", () => {
    expect(digestBytes(algorithm)).toBe(digested.bytes.length);
    for (const signed of [raw, digested])
      for (let round = 0; round < 8; round++) {
        const signature = makeSignature(algorithm, privateKey, signed);
        expect(isSignature(algorithm, publicKey, raw, signature)).toBe(true);
        expect(isSignature(algorithm, publicKey, digested, signature)).toBe(true);
      }
  });

  test("what was changed is not signed", () => {
    const signature = makeSignature(algorithm, privateKey, digested);
    for (const signed of [
      { bytes: other, isDigest: false },
      { bytes: digest(other), isDigest: true },
    ])
      expect(isSignature(algorithm, publicKey, signed, signature)).toBe(false);
    const damaged = [
      Buffer.alloc(0),
      signature.subarray(1),
      Buffer.concat([signature, Buffer.of(0)]),
      Buffer.alloc(256),
    ];
    for (let at = 0; at < signature.length; at += 7) {
      const changed = Buffer.from(signature);
      changed[at]! ^= 1;
      damaged.push(changed);
    }
    for (const bytes of damaged)
      for (const signed of [raw, digested]) expect(isSignature(algorithm, publicKey, signed, bytes)).toBe(false);
  });
});
