import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { killOrphanShims } from "./orphan-shims.ts";

/** A process with the command line of a shim. */
function shim(namespace: string, id: string, ...more: string[]) {
  const args = ["-e", "setInterval(() => {}, 1000)", "--", "-namespace", namespace, "-id", id, ...more];
  return spawn(process.execPath, args, { argv0: "/usr/bin/containerd-shim-runc-v2", stdio: "ignore" });
}

test("the shim of one container is killed, and no other process", async () => {
  const namespace = `neargate-test-${process.pid}`;
  const orphan = shim(namespace, "task-1");
  const others = [
    shim(namespace, "task-10"),
    shim(`${namespace}0`, "task-1"),
    shim(namespace, "task-1", "delete"), // cleans up, and ends by itself
    spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)", "--", "-namespace", namespace, "-id", "task-1"]),
  ];
  await Promise.all([orphan, ...others].map((child) => once(child, "spawn")));
  killOrphanShims(namespace, "task-1");
  expect(await once(orphan, "exit")).toEqual([null, "SIGKILL"]);
  expect(others.map(({ exitCode, signalCode }) => [exitCode, signalCode])).toEqual(others.map(() => [null, null]));
  for (const other of others) other.kill();
});
