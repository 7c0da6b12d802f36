import { expect, test } from "vitest";
import { combineCrc, createChecksum, type ChecksumAlgorithm } from "./checksum.ts";

// The check values of the CRC catalogue, of the text 123456789.
test.each<[ChecksumAlgorithm, string]>([
  ["CRC32", "cbf43926"],
  ["CRC32C", "e3069283"],
  ["CRC64NVME", "ae8b14860a799888"],
  ["SHA1", "f7c3bc1d808e04732adf679965ccc34ca7ae3441"],
])("%s", (algorithm, expected) => {
  const checksum = createChecksum(algorithm);
  checksum.update(Buffer.from("1234"));
  checksum.update(Buffer.from("56789"));
  expect(checksum.digest().toString("hex")).toBe(expected);
});

test.each(["CRC32", "CRC32C", "CRC64NVME"] as const)("%s of two pieces in a row", (algorithm) => {
  const of = (text: string) => {
    const checksum = createChecksum(algorithm);
    checksum.update(Buffer.from(text));
    return checksum.digest();
  };
  const [first, second] = ["some text", "and then more of it"];
  expect(combineCrc(algorithm, of(first), of(second), second.length)).toEqual(of(first + second));
});
