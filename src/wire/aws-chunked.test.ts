import { expect, test } from "vitest";
import { ChunkSignatures } from "../identity/chunk-signatures.ts";
import { SigningKeys } from "../identity/signing-key.ts";
import { decodeAwsChunked } from "./aws-chunked.ts";

// AWS's published example: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
const SEED = "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9";
const FIRST = "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648";
const SECOND = "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497";
const LAST = "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9";
const keys = new SigningKeys();
const sign = (text: string) =>
  keys.sign("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "20130524", "us-east-1", "s3", text);

function signatures(): ChunkSignatures {
  return new ChunkSignatures({
    timestamp: "20130524T000000Z",
    scope: "20130524/us-east-1/s3/aws4_request",
    seed: SEED,
    sign,
  });
}

const body = (first = FIRST, second = SECOND, last = LAST, letter = "a") =>
  `10000;chunk-signature=${first}\r\n${letter.repeat(65536)}\r\n400;chunk-signature=${second}\r\n${"a".repeat(1024)}\r\n0;chunk-signature=${last}\r\n\r\n`;

async function decode(text: string, pieceSize = 1000, checked: ChunkSignatures | undefined = undefined) {
  const bytes = Buffer.from(text, "latin1");
  async function* pieces() {
    for (let at = 0; at < bytes.length; at += pieceSize) yield bytes.subarray(at, at + pieceSize);
  }
  const trailers: Record<string, string> = {};
  let data = "";
  for await (const piece of decodeAwsChunked(pieces(), { signatures: checked, trailers })) data += piece.toString();
  return { data, trailers };
}

test.each([1, 7, 1000, 1 << 20])("AWS's example, in pieces of %i bytes", async (pieceSize) => {
  const { data } = await decode(body(), pieceSize, signatures());
  expect(data).toBe("a".repeat(66560));
});

test.each([
  ["the first signature", body(SECOND)],
  ["the last signature", body(FIRST, SECOND, FIRST)],
  ["data", body(FIRST, SECOND, LAST, "b")],
  ["no signature", "1\r\na\r\n0\r\n\r\n"],
])("changed: %s", async (_what, text) => {
  await expect(decode(text, 1000, signatures())).rejects.toThrow(/signature/);
});

const UNSIGNED = "4\r\nabcd\r\n2\r\nef\r\n0\r\n";
test.each([
  [`${UNSIGNED}\r\n`, {}],
  [UNSIGNED, {}],
  [`${UNSIGNED}x-amz-checksum-crc32:AAAAAA==\r\n\r\n`, { "x-amz-checksum-crc32": "AAAAAA==" }],
  [`${UNSIGNED}X-Amz-Checksum-CRC32: AAAAAA==\r\n`, { "x-amz-checksum-crc32": "AAAAAA==" }],
])("unsigned, with a trailer %#", async (text, trailers) => {
  expect(await decode(text, 3)).toEqual({ data: "abcdef", trailers });
});

test("a signed trailer", async () => {
  const trailer = "x-amz-checksum-crc32c:sOO8/Q==\n";
  const checked = signatures();
  const head = ["AWS4-HMAC-SHA256-TRAILER", "20130524T000000Z", "20130524/us-east-1/s3/aws4_request"];
  const { sha256Hex } = await import("../identity/signing-key.ts");
  const signature = sign([...head, LAST, sha256Hex(trailer)].join("\n")).toString("hex");
  const signed = (text: string) =>
    `${body().slice(0, -2)}${text.trim()}\r\nx-amz-trailer-signature:${signature}\r\n\r\n`;
  const { trailers } = await decode(signed(trailer), 1000, checked);
  expect(trailers).toEqual({ "x-amz-checksum-crc32c": "sOO8/Q==" });
  await expect(decode(signed("x-amz-checksum-crc32c:AAAAAA=="), 1000, signatures())).rejects.toThrow(/signature/);
});

test.each([
  ["5\r\nabcd\r\n0\r\n\r\n", "longer"],
  ["4\r\nabcd", "number of bytes"],
  ["4\r\nab", "number of bytes"],
  ["", "number of bytes"],
  ["x\r\n", "size"],
  ["-1\r\n", "size"],
  ["f".repeat(5000), "too long"],
  ["0\r\nno header\r\n\r\n", "trailer"],
])("broken: %s", async (text, message) => {
  await expect(decode(text)).rejects.toThrow(message);
});
