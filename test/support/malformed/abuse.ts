import { connect } from "node:net";

const TARGET = "x-amz-target: IdleawsJson1_1.ListClusters\r\n";
const HEAD = `POST / HTTP/1.1\r\nhost: x\r\n${TARGET}content-type: application/x-amz-json-1.1\r\n`;
const chunked = (body: string) => `${HEAD}transfer-encoding: chunked\r\n\r\n${body}`;
const many = (count: number, line: (n: number) => string) => Array.from({ length: count }, (_, n) => line(n)).join("");

/** Bytes on a connection that are not what HTTP says, and the statuses that may come back; none: the connection is closed. */
export const ABUSES: readonly [what: string, bytes: string, statuses: readonly number[]][] = [
  ["a body longer than announced", `${HEAD}content-length: 2\r\n\r\n{}{}{}`, [200, 400]],
  ["a length that is no number", `${HEAD}content-length: x\r\n\r\n{}`, [400]],
  ["a negative length", `${HEAD}content-length: -1\r\n\r\n{}`, [400]],
  ["a length beyond all measure", `${HEAD}content-length: 99999999999999999999\r\n\r\n{}`, [400]],
  ["a length that is too large", `${HEAD}content-length: 999999999\r\n\r\n{}`, [413]],
  ["two lengths", `${HEAD}content-length: 2\r\ncontent-length: 3\r\n\r\n{}`, [400]],
  ["a length and chunks", `${HEAD}content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`, [400]],
  ["two codings", `${HEAD}transfer-encoding: chunked, identity\r\n\r\n0\r\n\r\n`, [400]],
  ["a chunk's size that is none", chunked("zz\r\n{}\r\n0\r\n\r\n"), [400]],
  ["a chunk's size beyond all measure", chunked("ffffffffffffffffff\r\n{}\r\n0\r\n\r\n"), [400]],
  ["a chunk that is longer than it says", chunked("1\r\n{}\r\n0\r\n\r\n"), [400]],
  ["a chunk's extension without end", chunked(`2;${"x".repeat(100_000)}`), [400, 413]],
  ["trailers without end", chunked(`2\r\n{}\r\n0\r\n${many(5000, (n) => `x-${n}: y\r\n`)}`), [400, 431]],
  ["many headers", `${HEAD}${many(3000, (n) => `x-${n}: ${"y".repeat(20)}\r\n`)}\r\n`, [431]],
  [
    "headers of the same name",
    `${HEAD}${many(500, () => "x-amz-meta-a: b\r\n")}content-length: 2\r\n\r\n{}`,
    [200, 400, 431],
  ],
  ["a header without a name", `${HEAD}: y\r\n\r\n`, [400]],
  ["a header with a line break", `${HEAD}x: a\rb\r\n\r\n`, [400]],
  ["a header with NUL", `${HEAD}x: a\0b\r\n\r\n`, [400]],
  ["a folded header", `${HEAD}x: a\r\n b\r\ncontent-length: 2\r\n\r\n{}`, [200, 400]],
  ["a long path", `GET /${"a".repeat(70_000)} HTTP/1.1\r\nhost: x\r\n\r\n`, [431]],
  ["a path with NUL", "GET /\0 HTTP/1.1\r\nhost: x\r\n\r\n", [400]],
  ["a path of bytes", "GET /\xff\xfe HTTP/1.1\r\nhost: x\r\n\r\n", [400, 404]],
  ["another version", "GET / HTTP/9.9\r\nhost: x\r\n\r\n", [400]],
  ["an unknown method", "FLY / HTTP/1.1\r\nhost: x\r\n\r\n", [400]],
  ["a tunnel", "CONNECT x:443 HTTP/1.1\r\nhost: x\r\n\r\n", []],
  ["another protocol", "GET / HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n", [400, 404]],
  ["HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", [400]],
  ["TLS", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", [400]],
  ["nothing", "\r\n\r\n\r\n", []],
];

/** The status of what comes back first; `undefined` when the connection is closed without a word, or nothing comes. */
export async function statusOf(port: number, bytes: string): Promise<number | undefined> {
  const { promise, resolve } = Promise.withResolvers<number | undefined>();
  const socket = connect(port, "127.0.0.1", () => socket.end(Buffer.from(bytes, "latin1")));
  let text = "";
  socket.on("data", (data: Buffer) => {
    text += data.toString("latin1");
    const status = /^HTTP\/1\.1 (\d{3})/.exec(text)?.[1];
    if (status) resolve(Number(status));
  });
  socket.on("error", () => resolve(undefined));
  socket.on("close", () => resolve(undefined));
  const status = await promise;
  socket.destroy();
  return status;
}
