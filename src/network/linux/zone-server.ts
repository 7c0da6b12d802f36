/**
 * Answers a VPC's unbound, and nobody else, about names that unbound cannot answer by itself: those with one value of
 * several, by chance, and aliases, which unbound then follows. A process of its own, as unbound is: it goes on while the
 * control plane is down.
 *
 *     node zone-server.ts PORT UID GID    in the folder with the file of names, in the VPC's namespace
 */
import { createSocket } from "node:dgram";
import { readFileSync, statSync } from "node:fs";
import { flushCompileCache } from "node:module";
import { readQuery, writeAnswer } from "./dns-message.ts";
import { ZoneAnswers, type ServedNames } from "./zone-answers.ts";

const FILE = "names.json";
const [port, uid, gid] = process.argv.slice(2).map(Number);

let version = "";
let answers = readNames();

function readNames(): ZoneAnswers {
  version = fileVersion();
  return new ZoneAnswers(JSON.parse(readFileSync(FILE, "utf8")) as ServedNames);
}

/** The file is replaced, never changed: each version is another inode, or of another time. */
function fileVersion(): string {
  const { ino, mtimeNs } = statSync(FILE, { bigint: true });
  return `${ino} ${mtimeNs}`;
}

const socket = createSocket("udp4");
socket.on("message", (message, from) => {
  const query = readQuery(message);
  if (!query) return;
  // Looking each time costs microseconds, and what was changed counts from the next query on.
  if (fileVersion() !== version) answers = readNames();
  // Never cut: over the loopback interface, unbound takes messages of any size.
  socket.send(writeAnswer(query, answers.answer(query.name, query.type)), from.port, from.address);
});
socket.bind(port, "127.0.0.1", () => {
  flushCompileCache(); // where there is one: the next of our kind needs half the memory
  process.setgroups!([]);
  process.setgid!(gid!);
  process.setuid!(uid!);
});
