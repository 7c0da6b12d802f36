import { spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync, writeFileSync } from "node:fs";
import koffi from "koffi";
import { CommandError } from "./command.ts";

const libc = koffi.load("libc.so.6");
const mountCall = libc.func("mount", "int", ["str", "str", "str", "ulong", "str"]) as (
  source: string,
  target: string,
  type: string | null,
  flags: number,
  data: string | null,
) => number;

const umountCall = libc.func("umount2", "int", ["str", "int"]) as (target: string, flags: number) => number;

const MS_BIND = 0x1000;
const MNT_DETACH = 2;
const UMOUNT_NOFOLLOW = 8;
const TIMEOUT_MS = 30_000;

/**
 * Starts a program that makes namespaces and then runs `cat`, such as `unshare --user cat`, does `work` with its process
 * id while it lives in them, and lets it end. What is to stay is kept by {@link keepNamespace}.
 * @throws CommandError
 */
export async function withNewNamespaces(command: readonly string[], work: (pid: number) => void): Promise<void> {
  const [program, ...args] = command;
  // From the root folder: where this process is may be closed to who has given up its rights.
  const child = spawn(program!, args, { cwd: "/", stdio: "pipe", timeout: TIMEOUT_MS, killSignal: "SIGKILL" });
  const errors: Buffer[] = [];
  child.stderr.on("data", (chunk: Buffer) => errors.push(chunk));
  child.stdin.on("error", () => {}); // it has ended, which tells more
  const failed = (reason: string) => new CommandError(command, reason, undefined, Buffer.concat(errors).toString());
  const { promise: ended, resolve: end } = Promise.withResolvers<string>();
  child.on("error", (cause) => end(cause.message));
  child.on("close", (code, signal) => end(signal ? `ended by ${signal}` : `exit code ${code}`));
  child.stdin.write("\n"); // comes back from `cat`, which runs in the namespaces
  const failure = await Promise.race([once(child.stdout, "data").then(() => undefined), ended]);
  if (failure !== undefined) throw failed(failure);
  try {
    work(child.pid!);
  } finally {
    child.stdin.end();
    await ended;
  }
}

/** Mounts a namespace, such as `/proc/PID/ns/net`, at a file, where it lasts without the process. */
export function keepNamespace(namespace: string, path: string): void {
  writeFileSync(path, "");
  if (mountCall(namespace, path, null, MS_BIND, null) < 0)
    throw new Error(`cannot mount ${namespace} at ${path}: errno ${koffi.errno()}`);
}

/** Takes away what {@link keepNamespace} made, whole or in part; nothing need be there. */
export function dropNamespace(path: string): void {
  while (umountCall(path, MNT_DETACH | UMOUNT_NOFOLLOW) === 0);
  rmSync(path, { force: true });
}
