import { generateKeyPairSync, randomBytes, sign } from "node:crypto";

/** A private key and its certificate, both in PEM. */
export interface KeyWithCertificate {
  key: string;
  cert: string;
}

/** Object identifiers, in DER. */
const ECDSA_WITH_SHA256 = Buffer.from("06082a8648ce3d040302", "hex");
const COMMON_NAME = Buffer.from("0603550403", "hex");
const SUBJECT_ALTERNATIVE_NAME = Buffer.from("0603551d11", "hex");

const TAG = {
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  utf8String: 0x0c,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
  version: 0xa0,
  extensions: 0xa3,
  ipAddress: 0x87,
};

/**
 * A new key, and a certificate for an IPv4 address that nobody but the key itself has signed. It says "no well-defined
 * expiration date": whoever takes it does not ask when. https://datatracker.ietf.org/doc/html/rfc5280
 */
export function selfSignedCertificate(address: string): KeyWithCertificate {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const name = sequence(der(TAG.set, sequence(COMMON_NAME, der(TAG.utf8String, Buffer.from(address)))));
  const addresses = sequence(der(TAG.ipAddress, Buffer.from(address.split(".").map(Number))));
  const algorithm = sequence(ECDSA_WITH_SHA256);
  const content = sequence(
    der(TAG.version, der(TAG.integer, Buffer.from([2]))), // X.509 v3
    der(TAG.integer, Buffer.concat([Buffer.from([1]), randomBytes(15)])), // a positive number
    algorithm,
    name,
    sequence(der(TAG.utcTime, Buffer.from("000101000000Z")), der(TAG.generalizedTime, Buffer.from("99991231235959Z"))),
    name,
    publicKey.export({ format: "der", type: "spki" }),
    der(TAG.extensions, sequence(sequence(SUBJECT_ALTERNATIVE_NAME, der(TAG.octetString, addresses)))),
  );
  const signature = sign("sha256", content, privateKey);
  const certificate = sequence(content, algorithm, der(TAG.bitString, Buffer.concat([Buffer.from([0]), signature])));
  const lines = certificate.toString("base64").replaceAll(/.{64}(?=.)/g, "$&\n");
  return {
    key: privateKey.export({ format: "pem", type: "pkcs8" }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
  };
}

function sequence(...parts: Buffer[]): Buffer {
  return der(TAG.sequence, Buffer.concat(parts));
}

/** A value in the Distinguished Encoding Rules of ASN.1: tag, length, content of less than 64 KiB. */
function der(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}
