import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { promisify } from "node:util";

const exec = promisify(execFile);

/**
 * What is left of an engine's tasks while it runs, one line a thing: their network namespaces, and in containerd their
 * containers, processes and snapshots of their own. Nothing must be when all of them have stopped.
 */
export async function taskTraces(instance: string): Promise<string[]> {
  const out = async (program: string, ...args: string[]) => (await exec(program, args)).stdout.trim().split("\n");
  const ctr = [
    "--address",
    `/run/neargate/${instance}/containerd/containerd.sock`,
    "--namespace",
    `neargate-${instance}`,
  ];
  return [
    ...(await out("ip", "netns", "list")).filter(
      (line) => line.startsWith(`ng-${instance}-`) && line.includes("-eni-"),
    ),
    ...(await out("ctr", ...ctr, "containers", "list", "--quiet")).map((id) => id && `container ${id}`),
    ...(await out("ctr", ...ctr, "tasks", "list", "--quiet")).map((id) => id && `process ${id}`),
    ...idRanges().filter((line) => line.startsWith(`${instance}/`)),
    ...(await out("ctr", ...ctr, "snapshots", "list")).filter((line) => /\s(Active|View)\s*$/.test(line)),
  ].filter(Boolean);
}

/** Which engine's tasks have ranges of user ids. */
function idRanges(): string[] {
  const folder = "/run/neargate/id-ranges";
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return names.flatMap((name) => {
    try {
      return [`${readlinkSync(`${folder}/${name}`)} has ids from ${name}`];
    } catch {
      return []; // another engine's task has ended meanwhile
    }
  });
}

/** What of an engine is on the host, one line a thing; nothing must be left when it has been taken down. */
export async function traces(instance: string, dataFolder: string): Promise<string[]> {
  const out = async (program: string, ...args: string[]) =>
    (await exec(program, args).catch(() => ({ stdout: "" }))).stdout.split("\n");
  const found = [
    ...(await out("ip", "netns", "list")).map((line) => `namespace ${line}`),
    ...(await out("ip", "-o", "link", "show")).map((line) => `link ${line}`),
    ...(await out("ip", "route", "show", "table", "all")).map((line) => `route ${line}`),
    ...(await out("nft", "list", "tables")).map((line) => `table ${line}`),
    ...readFileSync("/proc/self/mountinfo", "utf8")
      .split("\n")
      .map((line) => `mount ${line}`),
    ...(await out("losetup", "--list", "--noheadings", "--output", "NAME,BACK-FILE")).map(
      (line) => `loop device ${line}`,
    ),
    ...(await out("ps", "-eo", "args")).map((line) => `process ${line}`),
    ...cgroups().map((path) => `cgroup ${path}`),
    ...idRanges().map((line) => `id range ${line}`),
    ...(existsSync("/run/neargate") ? readdirSync("/run/neargate") : []).map((name) => `run folder ${name}`),
  ];
  return found.filter((line) => line.includes(instance) || line.includes(dataFolder));
}

/** The cgroups of the first two levels, of every hierarchy. Those of other engines come and go while it reads. */
export function cgroups(): string[] {
  const roots = [
    "/sys/fs/cgroup",
    ...(existsSync("/sys/fs/cgroup") ? readdirSync("/sys/fs/cgroup").map((name) => `/sys/fs/cgroup/${name}`) : []),
  ];
  return roots.flatMap((root) => {
    try {
      return readdirSync(root, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map((entry) => `${root}/${entry.name}`);
    } catch {
      return [];
    }
  });
}
