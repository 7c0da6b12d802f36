import { createECDH, randomBytes, type KeyObject } from "node:crypto";

/*
 * ECDSA over a digest that was made elsewhere (FIPS 186-5, 6.4): node:crypto always hashes what it signs. What is secret is
 * multiplied by OpenSSL or blinded; verification knows nothing secret.
 */

interface Curve {
  /** OpenSSL's name. */
  name: string;
  /** The field, the curve's `a`, the order of the base point, and that point. */
  p: bigint;
  a: bigint;
  n: bigint;
  g: readonly [x: bigint, y: bigint];
}

/** By the names of JSON Web Keys. */
const CURVES: Partial<Record<string, Curve>> = {
  "P-256": nist("prime256v1", {
    p: 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn,
    n: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
  }),
  "P-384": nist("secp384r1", {
    p: 2n ** 384n - 2n ** 128n - 2n ** 96n + 2n ** 32n - 1n,
    n: 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
  }),
  "P-521": nist("secp521r1", {
    p: 2n ** 521n - 1n,
    n: 0x1fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409n,
  }),
  secp256k1: {
    name: "secp256k1",
    p: 2n ** 256n - 2n ** 32n - 977n,
    a: 0n,
    n: 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n,
    g: basePoint("secp256k1"),
  },
};

/** Signs a digest; the signature is as X9.62 writes it, in DER. */
export function signDigest(privateKey: KeyObject, digest: Uint8Array): Buffer {
  const { curve, d } = keyNumbers(privateKey);
  const { n } = curve;
  const z = leftmost(digest, n);
  for (;;) {
    const k = randomBelow(n);
    const r = multiplyBase(curve.name, k)[0] % n;
    const blind = randomBelow(n);
    const s = (inverse((k * blind) % n, n) * (((blind * z) % n) + ((blind * r) % n) * d!)) % n;
    if (r !== 0n && s !== 0n) return formatSignature(r, s);
  }
}

/** Whether a signature is that of a digest; `false` also for what is no signature. */
export function verifyDigest(publicKey: KeyObject, digest: Uint8Array, signature: Uint8Array): boolean {
  const { curve, q } = keyNumbers(publicKey);
  const { n, p } = curve;
  const numbers = parseSignature(Buffer.from(signature));
  if (!numbers) return false;
  const [r, s] = numbers;
  if (r <= 0n || r >= n || s <= 0n || s >= n) return false;
  const w = inverse(s, n);
  const point = multiplyBoth(curve, (leftmost(digest, n) * w) % n, (r * w) % n, q);
  if (!point) return false;
  const [x, , z] = point;
  return mod(x * inverse((z * z) % p, p), p) % n === r;
}

function nist(name: string, { p, n }: Pick<Curve, "p" | "n">): Curve {
  return { name, p, a: p - 3n, n, g: basePoint(name) };
}

function basePoint(name: string): readonly [bigint, bigint] {
  return multiplyBase(name, 1n);
}

/** By OpenSSL, in constant time. */
function multiplyBase(curve: string, factor: bigint): readonly [x: bigint, y: bigint] {
  const ecdh = createECDH(curve);
  ecdh.setPrivateKey(hexOf(factor), "hex");
  const point = ecdh.getPublicKey();
  const half = (point.length - 1) / 2;
  return [toNumber(point.subarray(1, 1 + half)), toNumber(point.subarray(1 + half))];
}

function keyNumbers(key: KeyObject): { curve: Curve; q: readonly [bigint, bigint]; d: bigint | undefined } {
  const { crv, x, y, d } = key.export({ format: "jwk" }) as Record<string, string | undefined>;
  const number = (text: string) => toNumber(Buffer.from(text, "base64url"));
  return { curve: CURVES[crv!]!, q: [number(x!), number(y!)], d: d === undefined ? undefined : number(d) };
}

/** As many bits of the digest as the order has. */
function leftmost(digest: Uint8Array, n: bigint): bigint {
  const surplus = digest.length * 8 - n.toString(2).length;
  const number = toNumber(digest);
  return surplus > 0 ? number >> BigInt(surplus) : number;
}

/** Points as (x/z², y/z³); `undefined` is the point at infinity. */
type Point = readonly [x: bigint, y: bigint, z: bigint] | undefined;

/** `one·G + two·q`, both at once. */
function multiplyBoth(curve: Curve, one: bigint, two: bigint, q: readonly [bigint, bigint]): Point {
  const g: Point = [...curve.g, 1n];
  const other: Point = [...q, 1n];
  const both = add(curve, g, other);
  const [bits, otherBits] = [one, two].map((factor) => factor.toString(2).padStart(curve.n.toString(2).length, "0"));
  let sum: Point;
  for (let at = 0; at < bits!.length; at++) {
    sum = double(curve, sum);
    const [first, second] = [bits![at] === "1", otherBits![at] === "1"];
    if (first || second) sum = add(curve, sum, first && second ? both : first ? g : other);
  }
  return sum;
}

function double({ p, a }: Curve, point: Point): Point {
  if (!point) return undefined;
  const [x, y, z] = point;
  const yy = (y * y) % p;
  const s = (4n * x * yy) % p;
  const zz = (z * z) % p;
  const m = (3n * x * x + a * ((zz * zz) % p)) % p;
  const sum = mod(m * m - 2n * s, p);
  return [sum, mod(m * (s - sum) - 8n * yy * yy, p), (2n * y * z) % p];
}

function add(curve: Curve, left: Point, right: Point): Point {
  if (!left || !right) return left ?? right;
  const { p } = curve;
  const [x1, y1, z1] = left;
  const [x2, y2, z2] = right;
  const [zz1, zz2] = [(z1 * z1) % p, (z2 * z2) % p];
  const [u1, u2] = [(x1 * zz2) % p, (x2 * zz1) % p];
  const [s1, s2] = [(y1 * zz2 * z2) % p, (y2 * zz1 * z1) % p];
  if (u1 === u2) return s1 === s2 ? double(curve, left) : undefined;
  const h = mod(u2 - u1, p);
  const r = mod(s2 - s1, p);
  const hh = (h * h) % p;
  const hhh = (hh * h) % p;
  const v = (u1 * hh) % p;
  const x = mod(r * r - hhh - 2n * v, p);
  return [x, mod(r * (v - x) - s1 * hhh, p), (((z1 * z2) % p) * h) % p];
}

function mod(value: bigint, modulus: bigint): bigint {
  const rest = value % modulus;
  return rest < 0n ? rest + modulus : rest;
}

/** By Euclid's algorithm; `value` is not zero and the modulus prime. */
function inverse(value: bigint, modulus: bigint): bigint {
  let [previous, rest] = [modulus, mod(value, modulus)];
  let [before, factor] = [0n, 1n];
  while (rest > 1n) {
    const quotient = previous / rest;
    [previous, rest] = [rest, previous - quotient * rest];
    [before, factor] = [factor, before - quotient * factor];
  }
  return mod(factor, modulus);
}

/** From 1 to `n - 1`, each as likely as any other. */
function randomBelow(n: bigint): bigint {
  const bits = n.toString(2).length;
  for (;;) {
    const number = toNumber(randomBytes(Math.ceil(bits / 8))) >> BigInt((8 - (bits % 8)) % 8);
    if (number > 0n && number < n) return number;
  }
}

function toNumber(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).toString("hex") || "0"}`);
}

function hexOf(number: bigint): string {
  const digits = number.toString(16);
  return digits.length % 2 === 0 ? digits : `0${digits}`;
}

/** A SEQUENCE of two INTEGERs. */
function formatSignature(...numbers: bigint[]): Buffer {
  const integers = numbers.map((number) => {
    const bytes = Buffer.from(hexOf(number), "hex");
    const content = bytes[0]! >= 0x80 ? Buffer.concat([Buffer.of(0), bytes]) : bytes;
    return Buffer.concat([Buffer.of(0x02, content.length), content]);
  });
  const content = Buffer.concat(integers);
  // The longest has 139 bytes, of P-521.
  const length = content.length < 0x80 ? [content.length] : [0x81, content.length];
  return Buffer.concat([Buffer.of(0x30, ...length), content]);
}

/** Only what {@link formatSignature} writes: one signature has one form. */
function parseSignature(der: Buffer): [bigint, bigint] | undefined {
  const start = der[1] === 0x81 ? 3 : 2;
  const middle = start + 2 + (der[start + 1] ?? 0);
  const r = toNumber(der.subarray(start + 2, middle));
  const s = toNumber(der.subarray(middle + 2));
  return formatSignature(r, s).equals(der) ? [r, s] : undefined;
}
