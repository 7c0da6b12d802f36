import { connect, type AddressInfo, type Server, type Socket } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { TaskPeer } from "../backend.ts";
import { Listeners } from "./listen.ts";
import { TaskListeners } from "./task-listeners.ts";

/** Listens on the loopback device of this namespace. */
class LoopbackListeners extends Listeners {
  server: Server | undefined;

  override async listen(_path: string, _port: number, server: Server): Promise<void> {
    this.server = server;
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  }
}

const PLACE = { vpcId: "vpc-1", path: "/proc/self/ns/net" };
const PEER: TaskPeer = { vpcId: "vpc-1", address: "127.0.0.1" };

let listeners: LoopbackListeners;
let tasks: TaskListeners;
let heard: TaskPeer[];
let clients: Socket[];

beforeEach(async () => {
  listeners = new LoopbackListeners();
  tasks = new TaskListeners(listeners);
  heard = [];
  clients = [];
  tasks.handle(80, (socket, from) => {
    heard.push(from);
    socket
      .on("error", () => {})
      .on("end", () => socket.end())
      .resume();
  });
  await tasks.ensure(PLACE);
});
afterEach(async () => {
  for (const client of clients) client.destroy();
  await new Promise((resolve) => listeners.server!.close(resolve));
});

/** A connection; `ended` when the other side has ended it. */
function dial(): { socket: Socket; ended: Promise<void> } {
  const { port } = listeners.server!.address() as AddressInfo;
  const socket = connect(port, "127.0.0.1").on("error", () => {});
  clients.push(socket);
  const ended = new Promise<void>((resolve) => socket.resume().once("close", () => resolve()));
  return { socket, ended };
}

const haveBeenHeard = (count: number) => expect.poll(() => heard.length, { timeout: 20_000 }).toBe(count);

test("an address has 256 connections at most, until others have ended", { timeout: 30_000 }, async () => {
  const all = Array.from({ length: 256 }, dial);
  await haveBeenHeard(256);
  expect(heard[0]).toEqual(PEER);
  await dial().ended;
  expect(heard).toHaveLength(256);
  all[0]!.socket.destroy();
  await expect.poll(() => (dial(), heard.length), { timeout: 20_000 }).toBe(257);
});

test("the connections of an address end with its interface, those of others do not", async () => {
  const { ended } = dial();
  await haveBeenHeard(1);
  let isOver = false;
  void ended.then(() => (isOver = true));
  tasks.endFrom({ ...PEER, vpcId: "vpc-2" });
  tasks.endFrom({ ...PEER, address: "127.0.0.2" });
  await new Promise(setImmediate);
  expect(isOver).toBe(false);
  tasks.endFrom(PEER);
  await ended;
});
