import { cbor } from "@smithy/core/cbor";
import { expect, test } from "vitest";
import { isWellFormedCbor } from "./cbor-check.ts";

const bytes = (hex: string) => Buffer.from(hex.replaceAll(" ", ""), "hex");

test.each([
  { a: 1, b: [1, "x", null, true, 1.5, -7], c: { d: new Uint8Array(300), e: "é".repeat(70_000) } },
  { deep: Array.from({ length: 50 }).reduce((inner) => [inner], "x" as unknown) },
  {},
])("what the encoder writes, %#", (value) => {
  expect(isWellFormedCbor(cbor.serialize(value))).toBe(true);
});

// Of RFC 8949, appendix A, and what is almost the same.
test.each([
  ["00", true],
  ["1bffffffffffffffff", true],
  ["c11a514b67b0", true],
  ["f97e00", true],
  ["5f42010243030405ff", true],
  ["7f657374726561646d696e67ff", true],
  ["9f018202039f0405ffff", true],
  ["bf61610161629f0203ffff", true],
  ["", false],
  ["0000", false],
  ["18", false],
  ["1c", false],
  ["1f", false],
  ["ff", false],
  ["61", false],
  ["81", false],
  ["a1 61 61", false],
  ["9f01", false],
  ["bf6161ff", false],
  ["5f6161ff", false],
  ["5f5f4101ffff", false],
  ["dfff", false],
  ["9b0000000100000000", false],
  ["9a07ffffff", false],
  ["bb7fffffffffffffff", false],
  ["5bffffffffffffffff", false],
])("%s: %s", (hex, expected) => {
  expect(isWellFormedCbor(bytes(hex))).toBe(expected);
});

test("nested without measure", () => {
  expect(isWellFormedCbor(Buffer.concat([Buffer.alloc(150, 0x81), Buffer.of(0)]))).toBe(true);
  expect(isWellFormedCbor(Buffer.concat([Buffer.alloc(100_000, 0x81), Buffer.of(0)]))).toBe(false);
  expect(isWellFormedCbor(Buffer.alloc(1_000_000, 0x9f))).toBe(false);
  expect(isWellFormedCbor(Buffer.alloc(1_000_000, 0xc1))).toBe(false);
});
