import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { decodeMessage, encodeMessage, MessageError, PayloadType } from "./message.ts";

const message = {
  type: "output_stream_data" as const,
  sequenceNumber: 7,
  flags: 1,
  id: "dd01e56b-ff48-483e-a508-b5f073f31b16",
  payloadType: PayloadType.Output,
  payload: Buffer.from("Hello\n"),
};

describe("messages of a data channel", () => {
  test("lie as session-manager-plugin reads them", () => {
    const bytes = encodeMessage(message, 1_503_434_274_948);
    expect(bytes.length).toBe(126);
    expect(bytes.readUInt32BE(0)).toBe(116);
    expect(bytes.toString("latin1", 4, 36)).toBe("output_stream_data".padEnd(32, " "));
    expect(bytes.readUInt32BE(36)).toBe(1);
    expect(bytes.readBigUInt64BE(40)).toBe(1_503_434_274_948n);
    expect(bytes.toString("hex", 64, 80)).toBe("a508b5f073f31b16dd01e56bff48483e");
    expect(bytes.subarray(80, 112)).toEqual(createHash("sha256").update("Hello\n").digest());
    expect(bytes.readUInt32BE(116)).toBe(6);
    expect(bytes.toString("latin1", 120)).toBe("Hello\n");
  });

  test("come back as they went", () => expect(decodeMessage(encodeMessage(message, 0))).toEqual(message));

  test("may have their type behind NUL characters, as some clients write it", () => {
    const bytes = encodeMessage({ ...message, type: "acknowledge" }, 0);
    bytes.fill(0, 4, 36).write("acknowledge", 25, "latin1");
    expect(decodeMessage(bytes).type).toBe("acknowledge");
  });

  test.each([
    ["short", (bytes: Buffer) => bytes.subarray(0, 119)],
    ["cut off", (bytes: Buffer) => bytes.subarray(0, -1)],
    ["with more behind it", (bytes: Buffer) => Buffer.concat([bytes, bytes])],
    ["with a header that is not there", (bytes: Buffer) => (bytes.writeUInt32BE(0xffffffff, 0), bytes)],
    ["with a header that is too short", (bytes: Buffer) => (bytes.writeUInt32BE(4, 0), bytes)],
  ])("that are %s are refused", (_, change) =>
    expect(() => decodeMessage(change(encodeMessage(message, 0)))).toThrow(MessageError),
  );
});
