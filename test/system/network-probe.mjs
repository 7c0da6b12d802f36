// A program that the network tests run inside namespaces: one small server or client, told by its arguments.
import { createSocket } from "node:dgram";
import { Resolver } from "node:dns/promises";
import { connect, createServer } from "node:net";

const [command, ...args] = process.argv.slice(2);
/** How long kernels are waited for: less than the second after which a lost SYN is sent again and hides the loss. */
const PATIENCE_MS = 700;
/** How long other programs are waited for: on a busy machine they are late. */
const PROGRAM_PATIENCE_MS = 10_000;
const ANSWER_PATIENCE_MS = 1500;
const STREAM_PATIENCE_MS = 3000;

/** Prints the outcome and ends. */
function done(text) {
  process.stdout.write(`${text}\n`, () => process.exit(0));
}

/** The question of a DNS query and an answer to it: 203.0.113.7. */
function dnsAnswer(query) {
  const end = query.indexOf(0, 12) + 5;
  const header = Buffer.from([query[0], query[1], 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0]);
  const record = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 203, 0, 113, 7]);
  return Buffer.concat([header, query.subarray(12, end), record]);
}

const commands = {
  /** Tells every client its address, then sends back what it sends. */
  "serve-tcp": ([port, address = "0.0.0.0"]) => {
    createServer((socket) => {
      socket.on("error", () => {});
      socket.write(`${socket.remoteAddress.replace("::ffff:", "")}\n`);
      socket.pipe(socket);
    }).listen(Number(port), address, () => console.log("ready"));
  },
  "serve-udp": ([port]) => {
    const socket = createSocket("udp4");
    socket.on("message", (_, from) => socket.send(from.address, from.port, from.address));
    socket.bind(Number(port), "0.0.0.0", () => console.log("ready"));
  },
  "serve-dns": () => {
    const socket = createSocket("udp4");
    socket.on("message", (query, from) => socket.send(dnsAnswer(query), from.port, from.address));
    socket.bind(53, "0.0.0.0", () => console.log("ready"));
  },
  tcp: ([host, port, localAddress]) => {
    const socket = connect({ host, port: Number(port), localAddress });
    // This process may be late itself: what has come meanwhile is looked at first.
    const timer = setTimeout(() => setImmediate(() => socket.connecting && done("timeout")), PATIENCE_MS);
    socket.once("connect", () => {
      clearTimeout(timer);
      socket.setTimeout(PROGRAM_PATIENCE_MS, () => done("no answer"));
    });
    socket.on("error", (cause) => done(cause.code));
    socket.once("data", (data) => done(data.toString().trim()));
  },
  udp: ([host, port, size = 1]) => {
    const socket = createSocket("udp4");
    socket.on("error", (cause) => done(cause.code));
    socket.on("message", (data) => done(data.toString()));
    socket.send(Buffer.alloc(Number(size), "?"), Number(port), host);
    setTimeout(() => setImmediate(() => done("timeout")), ANSWER_PATIENCE_MS);
  },
  dns: async ([server, name, type]) => {
    const resolver = new Resolver({ timeout: ANSWER_PATIENCE_MS, tries: 1 });
    resolver.setServers([server]);
    done(await resolver.resolve(name, type).then(String, (cause) => cause.code));
  },
  /**
   * Sends numbered lines for so long and prints how many came back, or what went wrong. Without a time it says when the
   * connection stands, and goes on until its input ends.
   */
  stream: ([host, port, milliseconds]) => {
    const socket = connect({ host, port: Number(port) });
    let sent = 0;
    let text = "";
    socket.on("error", (cause) => done(cause.code));
    socket.on("data", (data) => {
      text += data;
    });
    const timer = setInterval(() => socket.write(`${sent++}\n`), 2);
    const check = (isLast) => {
      const lines = text.trim().split("\n").slice(1);
      if (lines.length === sent && lines.every((line, i) => line === String(i))) done(`whole ${sent}`);
      else if (isLast) done(`lost ${sent - lines.length}`);
    };
    const finish = () => {
      clearInterval(timer);
      setInterval(check, 20);
      setTimeout(check, STREAM_PATIENCE_MS, true);
    };
    if (milliseconds !== undefined) return void setTimeout(finish, Number(milliseconds));
    socket.once("connect", () => console.log("connected"));
    process.stdin.once("end", finish).resume();
  },
};

await commands[command](args);
