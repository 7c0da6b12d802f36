import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";

/** A digest that is fed piece by piece. */
export interface Checksum {
  update(data: Uint8Array): void;
  /** The big-endian bytes. Called once, after the last piece. */
  digest(): Buffer;
}

/** The checksums of S3's API that are computed here. */
export const CHECKSUM_ALGORITHMS = ["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"] as const;
export type ChecksumAlgorithm = (typeof CHECKSUM_ALGORITHMS)[number];

export function createChecksum(algorithm: ChecksumAlgorithm | "MD5"): Checksum {
  switch (algorithm) {
    case "CRC32":
      return new Crc32();
    case "CRC32C":
      return new Crc32c();
    case "CRC64NVME":
      return new Crc64Nvme();
    default:
      return createHash(algorithm);
  }
}

class Crc32 implements Checksum {
  private value = 0;

  update(data: Uint8Array): void {
    this.value = crc32(data, this.value);
  }

  digest(): Buffer {
    return bytesOf(this.value);
  }
}

/** Castagnoli's polynomial, reflected. */
const CRC32C_TABLE = table32(0x82f63b78);

class Crc32c implements Checksum {
  private value = 0xffffffff;

  update(data: Uint8Array): void {
    let value = this.value;
    for (let i = 0; i < data.length; i++) value = CRC32C_TABLE[(value ^ data[i]!) & 0xff]! ^ (value >>> 8);
    this.value = value;
  }

  digest(): Buffer {
    return bytesOf(~this.value);
  }
}

/** NVMe's polynomial, reflected, as two halves: numbers hold 32 bits of a shift. */
const CRC64_TABLE = table64(0x9a6c9329, 0xac4bc9b5);

class Crc64Nvme implements Checksum {
  private high = 0xffffffff;
  private low = 0xffffffff;

  update(data: Uint8Array): void {
    let { high, low } = this;
    for (let i = 0; i < data.length; i++) {
      const at = ((low ^ data[i]!) & 0xff) * 2;
      low = ((low >>> 8) | (high << 24)) ^ CRC64_TABLE[at + 1]!;
      high = (high >>> 8) ^ CRC64_TABLE[at]!;
    }
    this.high = high;
    this.low = low;
  }

  digest(): Buffer {
    return Buffer.concat([bytesOf(~this.high), bytesOf(~this.low)]);
  }
}

const POLYNOMIALS = { CRC32: 0xedb88320n, CRC32C: 0x82f63b78n, CRC64NVME: 0x9a6c9329ac4bc9b5n } as const;

/**
 * The CRC of two pieces of data in a row, from those of the pieces.
 * @param length of the second piece, bytes
 */
export function combineCrc(algorithm: keyof typeof POLYNOMIALS, first: Buffer, second: Buffer, length: number): Buffer {
  // What one zero bit does to a CRC is a matrix over GF(2); squared it is what two do, and so on.
  const width = first.length * 8;
  let step = Array.from({ length: width }, (_, bit) => (bit === 0 ? POLYNOMIALS[algorithm] : 1n << BigInt(bit - 1)));
  let value = BigInt(`0x${first.toString("hex")}`);
  for (let bits = BigInt(length) * 8n; bits > 0n; bits >>= 1n) {
    if (bits & 1n) value = times(step, value);
    step = step.map((column) => times(step, column));
  }
  const combined = value ^ BigInt(`0x${second.toString("hex")}`);
  return Buffer.from(combined.toString(16).padStart(width / 4, "0"), "hex");
}

function times(matrix: readonly bigint[], vector: bigint): bigint {
  let sum = 0n;
  for (let bit = 0, rest = vector; rest > 0n; bit++, rest >>= 1n) if (rest & 1n) sum ^= matrix[bit]!;
  return sum;
}

function table32(polynomial: number): Int32Array {
  const table = new Int32Array(256);
  for (let i = 0; i < 256; i++) {
    let value = i;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ polynomial : value >>> 1;
    table[i] = value;
  }
  return table;
}

/** Pairs of a high and a low half. */
function table64(polynomialHigh: number, polynomialLow: number): Int32Array {
  const table = new Int32Array(512);
  for (let i = 0; i < 256; i++) {
    let high = 0;
    let low = i;
    for (let bit = 0; bit < 8; bit++) {
      const odd = low & 1;
      low = ((low >>> 1) | (high << 31)) ^ (odd ? polynomialLow : 0);
      high = (high >>> 1) ^ (odd ? polynomialHigh : 0);
    }
    table[i * 2] = high;
    table[i * 2 + 1] = low;
  }
  return table;
}

function bytesOf(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
}
