import { createHash, randomUUID } from "node:crypto";

/*
 * The frames of a data channel of AWS Systems Manager, as session-manager-plugin reads and writes them. Big-endian:
 * header length (116), type (32 bytes of text), schema version, time, sequence number, flags, id (16 bytes, its halves
 * swapped), SHA-256 of the payload, type of the payload, its length; then the payload.
 */

const HEADER_LENGTH = 116;
const TYPE = { at: 4, length: 32 };
const SCHEMA_VERSION = 36;
const CREATED_DATE = 40;
const SEQUENCE_NUMBER = 48;
const FLAGS = 56;
const MESSAGE_ID = { at: 64, length: 16 };
const DIGEST = 80;
const PAYLOAD_TYPE = 112;
const PAYLOAD_LENGTH = 116;
const PAYLOAD = 120;

export type MessageType =
  | "input_stream_data"
  | "output_stream_data"
  | "acknowledge"
  | "channel_closed"
  | "start_publication"
  | "pause_publication";

/** What a message of a stream carries. */
export const PayloadType = {
  Output: 1,
  Error: 2,
  Size: 3,
  Parameter: 4,
  HandshakeRequest: 5,
  HandshakeResponse: 6,
  HandshakeComplete: 7,
  Flag: 10,
  StartPublication: 17,
} as const;

/** What a payload of type `Flag` can say. */
export const Flag = { TerminateSession: 2 } as const;

/** The bits of a message's flags. */
export const MessageFlags = { First: 1, Last: 2 } as const;

export interface Message {
  /** A {@link MessageType} when it is one that is known. */
  type: string;
  /** Counts the messages of a stream from 0. */
  sequenceNumber: number;
  flags: number;
  id: string;
  payloadType: number;
  payload: Buffer;
}

/** Bytes that are no message of a data channel. */
export class MessageError extends Error {
  override name = "MessageError";
}

/** @param now milliseconds since 1970 */
export function encodeMessage(message: Omit<Message, "id"> & { type: MessageType; id?: string }, now: number): Buffer {
  const { type, sequenceNumber, flags, id = randomUUID(), payloadType, payload } = message;
  const bytes = Buffer.alloc(PAYLOAD + payload.length);
  bytes.writeUInt32BE(HEADER_LENGTH, 0);
  bytes.write(type.padEnd(TYPE.length, " "), TYPE.at, "latin1");
  bytes.writeUInt32BE(1, SCHEMA_VERSION);
  bytes.writeBigUInt64BE(BigInt(now), CREATED_DATE);
  bytes.writeBigInt64BE(BigInt(sequenceNumber), SEQUENCE_NUMBER);
  bytes.writeBigUInt64BE(BigInt(flags), FLAGS);
  halvesSwapped(Buffer.from(id.replaceAll("-", ""), "hex")).copy(bytes, MESSAGE_ID.at);
  createHash("sha256").update(payload).digest().copy(bytes, DIGEST);
  bytes.writeUInt32BE(payloadType, PAYLOAD_TYPE);
  bytes.writeUInt32BE(payload.length, PAYLOAD_LENGTH);
  payload.copy(bytes, PAYLOAD);
  return bytes;
}

/**
 * The payload's digest is not looked at: clients that are about send it in more than one form, and the connection is
 * reliable.
 * @throws MessageError
 */
export function decodeMessage(bytes: Buffer): Message {
  if (bytes.length < PAYLOAD) throw new MessageError(`a message has at least ${PAYLOAD} bytes, not ${bytes.length}`);
  const start = bytes.readUInt32BE(0) + 4;
  const length = bytes.readUInt32BE(PAYLOAD_LENGTH);
  if (start < PAYLOAD || start + length !== bytes.length) throw new MessageError("the lengths in a message are wrong");
  const type = bytes.toString("latin1", TYPE.at, TYPE.at + TYPE.length);
  return {
    type: type.replaceAll("\0", "").trim(),
    sequenceNumber: Number(bytes.readBigInt64BE(SEQUENCE_NUMBER)),
    flags: Number(bytes.readBigUInt64BE(FLAGS)),
    id: uuidOf(halvesSwapped(bytes.subarray(MESSAGE_ID.at, MESSAGE_ID.at + MESSAGE_ID.length))),
    payloadType: bytes.readUInt32BE(PAYLOAD_TYPE),
    payload: bytes.subarray(start),
  };
}

function halvesSwapped(bytes: Buffer): Buffer {
  return Buffer.concat([bytes.subarray(8), bytes.subarray(0, 8)]);
}

function uuidOf(bytes: Buffer): string {
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
