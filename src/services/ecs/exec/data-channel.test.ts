import { expect, test } from "vitest";
import { systemClock } from "../../../base/clock.ts";
import { DataChannel } from "./data-channel.ts";
import { decodeMessage, encodeMessage, PayloadType, type Message, type MessageType } from "./message.ts";

/** A connection that keeps what is sent, and a client's words to the channel. */
function channelWithClient() {
  const heard: Message[] = [];
  const channel = new DataChannel({ clock: systemClock, onInput: (message) => heard.push(message) });
  const connect = () => {
    const sent: Message[] = [];
    const connection = { sent, bufferedAmount: 0, send: (bytes: Buffer) => void sent.push(decodeMessage(bytes)) };
    channel.attach(connection);
    return connection;
  };
  const say = (type: MessageType, sequenceNumber: number, content: string | object = {}) =>
    channel.received(
      encodeMessage(
        {
          type,
          sequenceNumber,
          flags: 0,
          payloadType: PayloadType.Output,
          payload: Buffer.from(typeof content === "string" ? content : JSON.stringify(content)),
        },
        0,
      ),
    );
  const acknowledge = (sequenceNumber: number) =>
    say("acknowledge", 0, { AcknowledgedMessageSequenceNumber: sequenceNumber });
  return { channel, heard, connect, say, acknowledge };
}

const output = (sent: readonly Message[]) =>
  sent.filter(({ type }) => type === "output_stream_data").map(({ sequenceNumber }) => sequenceNumber);
const send = (channel: DataChannel, text: string) => channel.send(PayloadType.Output, Buffer.from(text));

test("input is heard once and in its order, and all of it acknowledged", () => {
  const { heard, connect, say } = channelWithClient();
  const { sent } = connect();
  for (const number of [0, 2, 2, 1, 0, 3]) say("input_stream_data", number, String(number));
  expect(heard.map(({ payload }) => payload.toString())).toEqual(["0", "1", "2", "3"]);
  const acknowledged = sent
    .filter(({ type }) => type === "acknowledge")
    .map(({ payload }) => JSON.parse(payload.toString()) as Record<string, unknown>);
  expect(acknowledged.map((one) => one["AcknowledgedMessageSequenceNumber"])).toEqual([0, 2, 2, 1, 0, 3]);
  expect(acknowledged[0]).toMatchObject({ AcknowledgedMessageType: "input_stream_data", IsSequentialMessage: true });
});

test("output is sent again until it is acknowledged, the oldest first", async () => {
  const { channel, connect, acknowledge } = channelWithClient();
  const { sent } = connect();
  for (const text of ["a", "b"]) send(channel, text);
  expect(output(sent)).toEqual([0, 1]);
  expect(sent[1]!.flags).toBe(1);
  // It may be sent again more than once before anybody looks.
  await expect.poll(() => [...new Set(output(sent).slice(2))]).toEqual([0]);
  expect(sent[1]!.id).toBe(sent[3]!.id);
  acknowledge(0);
  await expect.poll(() => output(sent).at(-1)).toBe(1);
  acknowledge(1);
  await channel.flushed();
});

test("a new connection gets what was not acknowledged", () => {
  const { channel, connect, acknowledge } = channelWithClient();
  const lost = connect();
  for (const text of ["a", "b", "c"]) send(channel, text);
  acknowledge(0);
  channel.detach(lost);
  send(channel, "d");
  expect(output(lost.sent)).toEqual([0, 1, 2]);
  const { sent } = connect();
  expect(sent[0]!.type).toBe("start_publication");
  expect(output(sent)).toEqual([1, 2, 3]);
  channel.detach(lost); // late, and of no matter
  send(channel, "e");
  expect(output(sent).at(-1)).toBe(4);
  channel.close("s", "");
});

test("while publication is paused nothing is sent, and afterwards all of it", async () => {
  const { channel, connect, say } = channelWithClient();
  const { sent } = connect();
  say("pause_publication", 0);
  for (const text of ["a", "b", "c"]) send(channel, text);
  const writable = channel.writable();
  expect(output(sent)).toEqual([]);
  say("start_publication", 0);
  expect(output(sent)).toEqual([0, 1, 2]);
  await writable;
  channel.close("s", "");
});

test("who sends has to wait when too much is under way", async () => {
  const { channel, connect, acknowledge } = channelWithClient();
  connect();
  for (let sent = 0; sent < 256; sent++) send(channel, "x".repeat(1024));
  let ready = false;
  const writable = channel.writable().then(() => (ready = true));
  await new Promise((resolve) => setImmediate(resolve));
  expect(ready).toBe(false);
  for (let number = 0; number < 64; number++) acknowledge(number);
  await writable;
  const flushed = channel.flushed();
  channel.close("s", "");
  await flushed;
});

test("the end says why", () => {
  const { channel, connect } = channelWithClient();
  const { sent } = connect();
  channel.close("session-1", "Bye.");
  channel.close("session-1", "again");
  send(channel, "late");
  expect(sent).toHaveLength(2);
  expect(sent[1]!.type).toBe("channel_closed");
  expect(JSON.parse(sent[1]!.payload.toString())).toMatchObject({ SessionId: "session-1", Output: "Bye." });
});
