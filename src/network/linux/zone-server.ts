/**
 * Answers a VPC's unbound, and nobody else, about names that unbound cannot answer by itself: those with one value of
 * several, by chance, and aliases, which unbound then follows. A process of its own, as unbound is: it goes on while the
 * control plane is down.
 *
 *     node zone-server.ts PORT UID GID    in the folder with the file of names, in the VPC's namespace
 */
import { createSocket } from "node:dgram";
import { closeSync, fstatSync, openSync, readFileSync, statSync } from "node:fs";
import { flushCompileCache } from "node:module";
import { readQuery, writeAnswer } from "./dns-message.ts";
import { ZoneAnswers, type ServedNames } from "./zone-answers.ts";

const FILE = "names.json";
const [port, uid, gid] = process.argv.slice(2).map(Number);

let known = readNames();

/** The file is replaced, never changed, and held open here: no later version can have its inode. */
function readNames() {
  const fd = openSync(FILE, "r");
  const names = JSON.parse(readFileSync(fd, "utf8")) as ServedNames;
  return { fd, inode: fstatSync(fd, { bigint: true }).ino, answers: new ZoneAnswers(names) };
}

function readNamesAgain(): void {
  const { fd } = known;
  known = readNames();
  closeSync(fd);
}

const socket = createSocket("udp4");
socket.on("message", (message, from) => {
  const query = readQuery(message);
  if (!query) return;
  // Looking each time costs microseconds, and what was changed counts from the next query on.
  if (statSync(FILE, { bigint: true }).ino !== known.inode) readNamesAgain();
  // Never cut: over the loopback interface, unbound takes messages of any size.
  socket.send(writeAnswer(query, known.answers.answer(query.name, query.type)), from.port, from.address);
});
socket.bind(port, "127.0.0.1", () => {
  flushCompileCache(); // where there is one: the next of our kind needs half the memory
  process.setgroups!([]);
  process.setgid!(gid!);
  process.setuid!(uid!);
});
