/**
 * A DNS client or server inside a namespace. As `ask`, it reads questions as lines of JSON and prints what came back; as
 * `serve ADDRESS`, it is a name server that knows every name, apart from those with `missing` in them.
 */
import { createSocket } from "node:dgram";
import { connect } from "node:net";
import { createInterface } from "node:readline";

export interface Question {
  server: string;
  name: string;
  type: keyof typeof TYPES;
  overTcp?: boolean;
  /** The size of messages that is told by EDNS; none otherwise. */
  edns?: number;
}

export interface ResourceRecord {
  name: string;
  type: string;
  ttl: number;
  data: string;
}

export interface Reply {
  code: string;
  truncated: boolean;
  edns: boolean;
  answers: ResourceRecord[];
  authority: ResourceRecord[];
  milliseconds: number;
}

const TYPES = { A: 1, CNAME: 5, SOA: 6, PTR: 12, TXT: 16, AAAA: 28, SRV: 33, OPT: 41 } as const;
const CODES = ["NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED"];
const PATIENCE_MS = 4000;

function nameBytes(name: string): Buffer {
  const labels = name.split(".").filter(Boolean);
  return Buffer.concat([
    ...labels.map((label) => Buffer.from(`${String.fromCharCode(label.length)}${label}`)),
    Buffer.alloc(1),
  ]);
}

function queryBytes({ name, type, edns }: Question): Buffer {
  const header = Buffer.alloc(12);
  header.writeUInt16BE(Math.floor(Math.random() * 65_536), 0);
  header.writeUInt16BE(0x0100, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(edns ? 1 : 0, 10);
  const option = edns ? Buffer.from([0, 0, TYPES.OPT, edns >> 8, edns & 255, 0, 0, 0, 0, 0, 0]) : Buffer.alloc(0);
  return Buffer.concat([header, nameBytes(name), Buffer.from([0, TYPES[type], 0, 1]), option]);
}

class Reader {
  at = 12;
  private readonly message: Buffer;
  constructor(message: Buffer) {
    this.message = message;
  }

  name(): string {
    const labels: string[] = [];
    let at = this.at;
    let end: number | undefined;
    for (let length = this.message[at]!; length !== 0; length = this.message[at]!) {
      if (length >= 0xc0) {
        end ??= at + 2;
        at = this.message.readUInt16BE(at) & 0x3fff;
        continue;
      }
      labels.push(this.message.toString("latin1", at + 1, at + 1 + length));
      at += 1 + length;
    }
    this.at = end ?? at + 1;
    return labels.join(".");
  }

  record(): ResourceRecord {
    const name = this.name();
    const number = this.message.readUInt16BE(this.at);
    const ttl = this.message.readUInt32BE(this.at + 4);
    const length = this.message.readUInt16BE(this.at + 8);
    const start = this.at + 10;
    this.at = start;
    const type = Object.entries(TYPES).find(([, value]) => value === number)?.[0] ?? String(number);
    const data = this.data(type, start, length);
    this.at = start + length;
    return { name, type, ttl, data };
  }

  private data(type: string, start: number, length: number): string {
    const bytes = this.message.subarray(start, start + length);
    if (type === "A") return bytes.join(".");
    if (type === "AAAA") return new URL(`http://[${bytes.toString("hex").replaceAll(/(.{4})(?=.)/g, "$1:")}]`).hostname;
    if (type === "CNAME" || type === "PTR") return this.name();
    if (type === "SRV") {
      this.at += 6;
      return `${[0, 2, 4].map((at) => bytes.readUInt16BE(at)).join(" ")} ${this.name()}`;
    }
    if (type === "SOA") return String(bytes.readUInt32BE(length - 4));
    return bytes.toString("hex");
  }
}

function readReply(message: Buffer, milliseconds: number): Reply {
  const reader = new Reader(message);
  const [questions, answers, authority, additional] = [4, 6, 8, 10].map((at) => message.readUInt16BE(at));
  for (let n = 0; n < questions!; n++) {
    reader.name();
    reader.at += 4;
  }
  const section = (count: number) => Array.from({ length: count }, () => reader.record());
  return {
    code: CODES[message[3]! & 15]!,
    truncated: (message[2]! & 2) !== 0,
    answers: section(answers!),
    authority: section(authority!),
    edns: section(additional!).some(({ type }) => type === "OPT"),
    milliseconds,
  };
}

function overUdp(question: Question): Promise<Buffer | undefined> {
  const socket = createSocket(question.server.includes(":") ? "udp6" : "udp4");
  return new Promise((resolve) => {
    const end = (message?: Buffer) => {
      clearTimeout(timer);
      socket.close();
      resolve(message);
    };
    const timer = setTimeout(end, PATIENCE_MS);
    socket.on("message", end).on("error", () => end());
    socket.send(queryBytes(question), 53, question.server);
  });
}

function overTcp(question: Question): Promise<Buffer | undefined> {
  const socket = connect(53, question.server);
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    socket.setTimeout(PATIENCE_MS, () => socket.destroy());
    socket.on("error", () => {}).on("close", () => resolve(undefined));
    socket.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      const all = Buffer.concat(chunks);
      if (all.length < 2 || all.length < 2 + all.readUInt16BE(0)) return;
      resolve(all.subarray(2));
      socket.destroy();
    });
    const query = queryBytes(question);
    socket.write(Buffer.concat([Buffer.from([query.length >> 8, query.length & 255]), query]));
  });
}

async function ask(question: Question): Promise<Reply | { code: "TIMEOUT" }> {
  const start = performance.now();
  const message = await (question.overTcp ? overTcp(question) : overUdp(question));
  return message ? readReply(message, performance.now() - start) : { code: "TIMEOUT" };
}

function serve(address: string): void {
  let asked = 0;
  const socket = createSocket("udp4");
  socket.on("message", (query, from) => {
    const reader = new Reader(query);
    const name = reader.name().toLowerCase();
    const type = query.readUInt16BE(reader.at);
    const missing = name.includes("missing");
    asked++;
    const head = Buffer.from(query.subarray(0, reader.at + 4));
    head.writeUInt16BE(missing ? 0x8183 : 0x8180, 2);
    head.writeUInt16BE(missing || type !== TYPES.A ? 0 : 1, 6);
    head.writeUInt32BE(0, 8);
    const ttl = name.startsWith("ttl-0") ? 0 : 300;
    const last = name === "count.example" ? asked & 255 : 7;
    const record = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, ttl >> 8, ttl & 255, 0, 4, 203, 0, 113, last]);
    socket.send(missing || type !== TYPES.A ? head : Buffer.concat([head, record]), from.port, from.address);
  });
  socket.bind(53, address, () => console.log("ready"));
}

const [command, address] = process.argv.slice(2);
if (command === "serve") serve(address!);
if (command === "ask") {
  console.log("ready");
  createInterface(process.stdin).on("line", (line) => {
    const { id, question } = JSON.parse(line) as { id: number; question: Question };
    void ask(question).then((reply) => console.log(JSON.stringify({ id, reply })));
  });
}
