import { expect, test } from "vitest";
import { MsgpackWriter, readAck } from "./msgpack.ts";

const hex = (writer: MsgpackWriter) => writer.result().toString("hex");

test.each<[what: string, writer: MsgpackWriter, hex: string]>([
  ["short text", new MsgpackWriter().string("log"), "a36c6f67"],
  ["text of 32 bytes", new MsgpackWriter().string("x".repeat(32)), `d920${"78".repeat(32)}`],
  ["text of 256 bytes", new MsgpackWriter().string("x".repeat(256)), `da0100${"78".repeat(256)}`],
  ["bytes as they are", new MsgpackWriter().string(Buffer.from([0xff, 0])), "a2ff00"],
  ["characters of several bytes", new MsgpackWriter().string("é"), "a2c3a9"],
  ["arrays", new MsgpackWriter().array(3).array(16).array(70_000), "93dc0010dd00011170"],
  ["maps", new MsgpackWriter().map(4).map(16), "84de0010"],
  ["numbers", new MsgpackWriter().unsigned(5).unsigned(200), "05ce000000c8"],
  ["a time", new MsgpackWriter().eventTime(1_700_000_000_123), "d7006553f1000754d4c0"],
])("%s", (_, writer, expected) => {
  expect(hex(writer)).toBe(expected);
});

test("a writer grows", () => {
  const writer = new MsgpackWriter(4).string("x".repeat(70_000)).string("y");
  expect(writer.result().length).toBe(5 + 70_000 + 2);
  expect(writer.result().subarray(0, 6).toString("hex")).toBe("db0001117078");
});

test("an acknowledgement is read when it is complete", () => {
  const chunk = "0123456789abcdef0123456789abcdef0123";
  const bytes = new MsgpackWriter().map(1).string("ack").string(chunk).result();
  for (let length = 0; length < bytes.length; length++) expect(readAck(bytes.subarray(0, length))).toBeUndefined();
  expect(readAck(Buffer.concat([bytes, Buffer.from("rest")]))).toEqual({ chunk, length: bytes.length });
  expect(() => readAck(Buffer.from("HTTP/1.1"))).toThrow("no map of one");
  expect(() => readAck(new MsgpackWriter().map(1).string("nak").string("1").result())).toThrow('answered with "nak"');
});
