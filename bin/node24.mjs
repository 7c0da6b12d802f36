// Plain JavaScript for any Node from 18 on: what runs before the right Node is known.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Folder of the checkout. */
export const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** The first version that runs TypeScript and SQLite without a flag or a warning. */
const NEEDED = 24;

/** The Node 24 that npm installed, or this one when it will do; undefined when there is none. */
export function findNode() {
  const installed = `${ROOT}node_modules/node-linux-${process.arch}/bin/node`;
  if (existsSync(installed)) return installed;
  return Number(process.versions.node.split(".")[0]) >= NEEDED ? process.execPath : undefined;
}

/** Runs a program in place of this one, as far as Node allows: its signals, streams and exit code are ours. */
export function become(program, args) {
  // Child of this one while older Nodes cannot replace themselves.
  if (process.execve) process.execve(program, [program, ...args], process.env);
  const child = spawn(program, args, { stdio: "inherit" });
  // A terminal sends Ctrl-C to the whole group, so the child has it already.
  process.on("SIGINT", () => process.stdin.isTTY || child.kill("SIGINT"));
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("error", (error) => {
    console.error(`neargate: ${error.message}`);
    process.exit(1);
  });
  child.on("exit", (code, signal) => process.exit(signal ? 1 : code));
}
