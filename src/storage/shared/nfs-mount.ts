import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { CommandError, run } from "../../base/command.ts";
import { messageOf } from "../../base/errors.ts";
import { type NfsExport, nfsSource } from "../../base/nfs-export.ts";

/** https://docs.aws.amazon.com/efs/latest/ug/mounting-fs-mount-cmd-general.html */
const USUAL_OPTIONS = ["vers=4.1", "rsize=1048576", "wsize=1048576", "hard", "timeo=600", "retrans=2", "noresvport"];
const MOUNT_MS = 30_000;
const ANSWER_MS = 10_000;

/** An NFS server's folder cannot be used; the message says why, and what to do. */
export class NfsError extends Error {
  override name = "NfsError";
}

/** Mounts an export, by the kernel alone: no program of the NFS packages is needed. @throws NfsError */
export async function mountNfs(wanted: NfsExport, target: string): Promise<void> {
  const source = nfsSource(wanted);
  const options = [...USUAL_OPTIONS, ...wanted.options, `addr=${await addressOf(wanted.host)}`].join(",");
  try {
    // Without a helper: it would try for minutes what this tries once.
    const env = { PATH: process.env["PATH"], LC_ALL: "C" };
    await run("mount", ["-i", "-t", "nfs4", "-o", options, source, target], { timeoutMs: MOUNT_MS, env });
  } catch (cause) {
    throw new NfsError(explain(source, cause), { cause });
  }
}

/** Whether the server behind a mount answers. Asked by a program, which can be ended while the server does not. */
export async function answers(target: string): Promise<boolean> {
  try {
    await run("stat", ["--file-system", target], { timeoutMs: ANSWER_MS });
    return true;
  } catch {
    return false;
  }
}

async function addressOf(host: string): Promise<string> {
  if (isIP(host)) return host;
  try {
    return (await lookup(host)).address;
  } catch (cause) {
    throw new NfsError(`the NFS server ${host} is not known: ${messageOf(cause)}`, { cause });
  }
}

/** What the mount program's words mean for an operator. */
export function explain(source: string, cause: unknown): string {
  const said = cause instanceof CommandError ? cause.stderr.trim().split("\n")[0] || cause.reason : messageOf(cause);
  const reason = REASONS.find(([pattern]) => pattern.test(said))?.[1] ?? said;
  return `${source} cannot be mounted: ${reason}`;
}

const REASONS: readonly [pattern: RegExp, reason: string][] = [
  [
    /unknown filesystem type/,
    "this kernel has no NFS client: it needs the modules nfs and nfsv4 (CONFIG_NFS_V4; they are in Debian's linux-image-amd64 and in Ubuntu's linux-modules-extra-…)",
  ],
  [/did not end in/, `the server did not answer in ${MOUNT_MS / 1000} s`],
  [/Connection refused/, "the server refuses connections on port 2049: is its NFS service running?"],
  [/Connection timed out|No route to host|Network is unreachable/, "the server cannot be reached on port 2049"],
  [/No such file or directory|does not exist/, "the server does not offer that folder"],
  [
    /Operation not permitted|[Pp]ermission denied|access denied/,
    'the server does not let this machine in: the export needs "rw,no_root_squash" for it, and "insecure" unless the mount option resvport is given',
  ],
  [/Protocol not supported/, "the server does not speak NFS 4.1"],
];
