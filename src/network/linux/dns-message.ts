import { ipv6Groups, START_MAILBOX, START_NUMBERS, START_SERVER, type RecordSet, type ZoneStart } from "./zones.ts";
import type { ZoneAnswer } from "./zone-answers.ts";

/** A query with one question. */
export interface Query {
  name: string;
  /** `A`, or a number as text for types that zones do not have. */
  type: string;
  /** The query as far as its question goes. */
  head: Buffer;
}

const HEADER_BYTES = 12;
const IN = 1;
const TYPES: Record<string, number> = { A: 1, CNAME: 5, SOA: 6, AAAA: 28, SRV: 33, ANY: 255 };
const CODES = { records: 0, empty: 0, missing: 3, foreign: 5 } as const;
const AUTHORITATIVE_ANSWER = 0x8400;
const RECURSION_DESIRED = 0x0100;
/** Where the question's name stands. */
const POINTER_TO_QUESTION = Buffer.from([0xc0, HEADER_BYTES]);

/** Reads a query, RFC 1035 section 4. `undefined` for what is none, or has not one question. */
export function readQuery(message: Buffer): Query | undefined {
  if (message.length < HEADER_BYTES || (message[2]! & 0xf8) !== 0 || message.readUInt16BE(4) !== 1) return undefined;
  const labels: string[] = [];
  let at = HEADER_BYTES;
  for (let length = message[at]; length !== 0; length = message[at]) {
    if (length === undefined || length > 63) return undefined;
    labels.push(message.toString("latin1", at + 1, at + 1 + length));
    at += 1 + length;
  }
  const end = at + 5;
  if (end > message.length) return undefined;
  const number = message.readUInt16BE(at + 1);
  const type = Object.keys(TYPES).find((name) => TYPES[name] === number) ?? String(number);
  return { name: labels.join("."), type, head: message.subarray(0, end) };
}

/** The message that answers a query. */
export function writeAnswer({ head }: Query, answer: ZoneAnswer): Buffer {
  const records = answer.kind === "records" ? answer.sets.flatMap(setRecords) : [];
  const authority = "start" in answer ? [startRecord(answer.start)] : [];
  const message = Buffer.concat([head, ...records, ...authority]);
  const flags = AUTHORITATIVE_ANSWER | (message.readUInt16BE(2) & RECURSION_DESIRED) | CODES[answer.kind];
  message.writeUInt16BE(flags, 2);
  message.writeUInt16BE(records.length, 6);
  message.writeUInt16BE(authority.length, 8);
  message.writeUInt16BE(0, 10);
  return message;
}

function setRecords({ type, ttlSeconds, values }: RecordSet): Buffer[] {
  return values.map((value) => record(POINTER_TO_QUESTION, type, ttlSeconds, recordData(type, value)));
}

function startRecord({ name, negativeTtlSeconds }: ZoneStart): Buffer {
  const numbers = Buffer.alloc(20);
  for (const [at, value] of [...START_NUMBERS, negativeTtlSeconds].entries()) numbers.writeUInt32BE(value, at * 4);
  const data = Buffer.concat([nameBytes(START_SERVER), nameBytes(START_MAILBOX), numbers]);
  return record(nameBytes(name), "SOA", negativeTtlSeconds, data);
}

function record(owner: Buffer, type: string, ttlSeconds: number, data: Buffer): Buffer {
  const fixed = Buffer.alloc(10);
  fixed.writeUInt16BE(TYPES[type]!, 0);
  fixed.writeUInt16BE(IN, 2);
  fixed.writeUInt32BE(ttlSeconds, 4);
  fixed.writeUInt16BE(data.length, 8);
  return Buffer.concat([owner, fixed, data]);
}

function recordData(type: RecordSet["type"], value: string): Buffer {
  switch (type) {
    case "A":
      return Buffer.from(value.split(".").map(Number));
    case "AAAA":
      return Buffer.from(ipv6Groups(value).flatMap((group) => [group >> 8, group & 0xff]));
    case "CNAME":
      return nameBytes(value);
    case "SRV": {
      const [priority, weight, port, target] = value.split(" ");
      const numbers = [priority, weight, port].map(Number).flatMap((number) => [number >> 8, number & 0xff]);
      return Buffer.concat([Buffer.from(numbers), nameBytes(target!)]);
    }
  }
}

function nameBytes(name: string): Buffer {
  const labels = name.split(".").map((label) => Buffer.from(label, "latin1"));
  return Buffer.concat([...labels.flatMap((label) => [Buffer.from([label.length]), label]), Buffer.from([0])]);
}
