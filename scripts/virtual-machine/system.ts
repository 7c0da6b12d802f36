import { createHash } from "node:crypto";
import { existsSync, globSync, mkdirSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { run } from "../../src/base/command.ts";

/** Beside the kernel: its tools, and an NFS server and client with the libraries that they need. */
const PACKAGES = [
  "kmod",
  "libkmod2",
  "nfs-kernel-server",
  "nfs-common",
  "keyutils",
  "libdevmapper1.02.1",
  "libevent-core-2.1-7",
  "libnfsidmap1",
  "libtirpc3",
  "libtirpc-common",
  "libwrap0",
];
const DOWNLOAD_MS = 600_000;

/** What the guest has beyond the programs of this machine. */
export interface GuestSystem {
  /** A file tree that is laid over this machine's. */
  tree: string;
  kernel: string;
  /** `6.1.0-56-amd64` */
  release: string;
}

/**
 * Debian's kernel with its modules, and some packages, unpacked into a folder; nothing is installed here. Kept for the
 * next time, until Debian has another kernel.
 * @throws CommandError when apt-get cannot have them
 */
export async function guestSystem(cache: string): Promise<GuestSystem> {
  const release = await newestKernel();
  const packages = [`linux-image-${release}`, ...PACKAGES];
  const tree = join(cache, `system-${createHash("sha256").update(packages.join()).digest("hex").slice(0, 12)}`);
  if (!existsSync(tree)) {
    console.error(`Unpacking Linux ${release} and its tools …`);
    const partial = `${tree}.partial`;
    await unpack(partial, packages);
    await indexModules(partial, release);
    for (const old of globSync(join(cache, "system-*"))) if (old !== partial) rmSync(old, { recursive: true });
    renameSync(partial, tree);
  }
  return { tree, kernel: join(tree, "boot", `vmlinuz-${release}`), release };
}

async function indexModules(tree: string, release: string): Promise<void> {
  const depmod = join(tree, "usr/bin/depmod");
  symlinkSync("kmod", depmod); // the package's own link leads to this machine's kmod, if it has one
  const env = { LD_LIBRARY_PATH: globSync(join(tree, "usr/lib/*-linux-gnu")).join(":") };
  await run(depmod, ["-b", tree, release], { env });
}

async function newestKernel(): Promise<string> {
  const { stdout } = await run("apt-cache", ["depends", "linux-image-amd64"]);
  const release = /Depends: linux-image-(\S+)/.exec(stdout)?.[1];
  if (!release) throw new Error("this system's package sources have no linux-image-amd64: Debian's have");
  return release;
}

async function unpack(tree: string, packages: readonly string[]): Promise<void> {
  rmSync(tree, { recursive: true, force: true });
  const downloads = join(tree, "downloads");
  mkdirSync(downloads, { recursive: true });
  const asRoot = ["-o", "APT::Sandbox::User=root"];
  await run("apt-get", [...asRoot, "download", ...packages], { cwd: downloads, timeoutMs: DOWNLOAD_MS });
  for (const file of globSync(join(downloads, "*.deb")))
    await run("dpkg-deb", ["--extract", file, tree], { timeoutMs: DOWNLOAD_MS });
  rmSync(downloads, { recursive: true });
  for (const name of ["bin", "lib", "sbin"]) await moveBelowUsr(tree, name);
}

/** As it is on this machine, whose links the tree must not hide. */
async function moveBelowUsr(tree: string, name: string): Promise<void> {
  const [from, to] = [join(tree, name), join(tree, "usr", name)];
  mkdirSync(to, { recursive: true });
  if (existsSync(from)) await run("cp", ["--archive", "--link", `${from}/.`, to]);
  rmSync(from, { recursive: true, force: true });
  symlinkSync(`usr/${name}`, from);
}
