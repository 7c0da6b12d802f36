import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { killOrphanShims } from "./orphan-shims.ts";

const WAIT = "setInterval(() => {}, 1000)";
/** Says so when the child is there, and ends with it. */
const WAIT_WITH_CHILD = `require("node:child_process").spawn("cat", { stdio: ["pipe", "inherit", "inherit"] })
  .once("spawn", () => console.log("ready"))`;

/** A process with the command line of a shim. */
function shim(namespace: string, id: string, more: string[] = [], script = WAIT) {
  const args = ["-e", script, "--", "-namespace", namespace, "-id", id, ...more];
  return spawn(process.execPath, args, {
    argv0: "/usr/bin/containerd-shim-runc-v2",
    stdio: ["ignore", "pipe", "inherit"],
  });
}

test("the shim of one container is killed, and no other process", async () => {
  const namespace = `neargate-test-${process.pid}`;
  const orphan = shim(namespace, "task-1");
  const others = [
    shim(namespace, "task-10"),
    shim(`${namespace}0`, "task-1"),
    shim(namespace, "task-1", ["delete"]), // cleans up, and ends by itself
    spawn(process.execPath, ["-e", WAIT, "--", "-namespace", namespace, "-id", "task-1"]),
    shim(namespace, "task-1", [], WAIT_WITH_CHILD), // has the other containers of the task
  ];
  await Promise.all([orphan, ...others].map((child) => once(child, "spawn")));
  await once(others.at(-1)!.stdout!, "data");
  killOrphanShims(namespace, "task-1");
  expect(await once(orphan, "exit")).toEqual([null, "SIGKILL"]);
  expect(others.map(({ exitCode, signalCode }) => [exitCode, signalCode])).toEqual(others.map(() => [null, null]));
  for (const other of others) other.kill();
});
