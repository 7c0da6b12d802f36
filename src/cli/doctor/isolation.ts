import { existsSync } from "node:fs";
import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { run } from "../../base/command.ts";
import { chosenTiers, type IsolationChoice } from "../../base/isolation.ts";
import { messageOf } from "../../base/errors.ts";
import { findProgram } from "../../base/find-program.ts";
import { GvisorError, probeGvisor } from "../../compute/containerd/gvisor/probe.ts";
import { probeUserNamespaces, UserNamespaceError } from "../../compute/containerd/users/probe.ts";
import type { Config } from "../../config.ts";
import type { Finding } from "./check.ts";

/** Which isolation tiers work here, by running a program on each, and which is the strongest. Needs root. */
export async function checkIsolation(
  config: Pick<Config, "isolation" | "providerIsolation" | "userNamespaces" | "dataFolder">,
): Promise<Finding[]> {
  const gvisor = await tryGvisor(config);
  const recommended = gvisor.status === "ok" ? "gvisor" : "runc";
  const others = (config.providerIsolation ?? []).map((entry) => `, those of ${entry.replace("=", " on ")}`).join("");
  const chosen = { name: "isolation", status: "ok" as const, detail: `new tasks run on ${config.isolation}${others}` };
  const better = config.isolation === recommended ? {} : { fix: RECOMMENDATION };
  return [...(await tryRunc()), gvisor, { ...chosen, ...better }, await tryUserNamespaces(config)];
}

const RECOMMENDATION = "--isolation gvisor is the strongest that works here: use it for images that you do not trust";

async function tryGvisor(config: IsolationChoice): Promise<Finding> {
  const name = "isolation gvisor";
  try {
    const { version, platform } = await probeGvisor();
    return { name, status: "ok", detail: `works: runsc ${version}, platform ${platform}` };
  } catch (cause) {
    if (!(cause instanceof GvisorError)) throw cause;
    const detail = `cannot be had: ${cause.message}`;
    // Not an offence to lack what was not asked for.
    if (!chosenTiers(config).has("gvisor"))
      return { name, status: "ok", detail: `${detail}. To have it, ${cause.fix}` };
    return { name, status: "fail", detail, fix: `choose --isolation runc, or ${cause.fix}` };
  }
}

/** Folders that a dynamically linked program of the host needs. */
const PROGRAM_FOLDERS = ["/bin", "/lib", "/lib64", "/usr"];

async function tryRunc(): Promise<Finding[]> {
  const program = findProgram("runc");
  if (!program) return []; // told as missing already
  const name = "isolation runc";
  const folder = await mkdtemp(join(tmpdir(), "neargate-doctor-"));
  try {
    await mkdir(join(folder, "rootfs"));
    await writeFile(join(folder, "config.json"), JSON.stringify(await probeSpec()));
    const id = basename(folder);
    await run(program, ["--root", join(folder, "state"), "run", "--bundle", folder, id], { timeoutMs: 10_000 });
    return [{ name, status: "ok", detail: "works" }];
  } catch (cause) {
    return [{ name, status: "fail", detail: messageOf(cause), fix: "see what runc says" }];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A container that sees the host's programs, read-only, and runs `true` in namespaces of its own. */
async function probeSpec(): Promise<object> {
  const mounts = PROGRAM_FOLDERS.filter((path) => existsSync(path)).map(async (path) => ({
    destination: path,
    type: "bind",
    source: await realpath(path),
    options: ["rbind", "ro"],
  }));
  return {
    ociVersion: "1.0.2",
    process: { terminal: false, user: { uid: 0, gid: 0 }, args: ["/usr/bin/true"], cwd: "/", noNewPrivileges: true },
    root: { path: "rootfs" },
    mounts: [{ destination: "/proc", type: "proc", source: "proc" }, ...(await Promise.all(mounts))],
    linux: { namespaces: ["pid", "ipc", "uts", "mount", "network"].map((type) => ({ type })) },
  };
}

/** Tries them on the file system that the data folder is or will be on. */
async function tryUserNamespaces({
  userNamespaces,
  dataFolder,
}: Pick<Config, "userNamespaces" | "dataFolder">): Promise<Finding> {
  const name = "user namespaces";
  const unused = "root in a container of the tier runc is the host's root, without most of its capabilities";
  try {
    await probeUserNamespaces(existingFolder(dataFolder));
    const detail =
      userNamespaces === "off"
        ? `work, not chosen: ${unused}`
        : "work: root in a container of the tier runc is nobody here";
    return {
      name,
      status: "ok",
      detail,
      ...(userNamespaces === "off" ? { fix: "--user-namespaces auto has them" } : {}),
    };
  } catch (cause) {
    if (!(cause instanceof UserNamespaceError)) throw cause;
    const detail = `cannot be had: ${cause.message}; ${unused}`;
    // Not an offence to lack what was not asked for.
    if (userNamespaces !== "on") return { name, status: "ok", detail };
    return { name, status: "fail", detail, fix: "choose --user-namespaces auto" };
  }
}

/** The folder itself, or the first above it that is there. */
function existingFolder(path: string): string {
  return existsSync(path) ? path : existingFolder(dirname(path));
}
