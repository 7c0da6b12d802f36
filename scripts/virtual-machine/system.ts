import { existsSync, globSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
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
  const tree = join(cache, release);
  if (!existsSync(tree)) {
    console.error(`Unpacking Linux ${release} and its tools …`);
    const partial = `${tree}.partial`;
    await unpack(partial, [`linux-image-${release}`, ...PACKAGES]);
    await run(join(partial, "usr/bin/depmod"), ["-b", partial, release]);
    for (const old of readdirSync(cache)) if (old !== basename(partial)) rmSync(join(cache, old), { recursive: true });
    renameSync(partial, tree);
  }
  return { tree, kernel: join(tree, "boot", `vmlinuz-${release}`), release };
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
  // As on this machine, over which the tree is laid.
  for (const name of ["bin", "lib", "sbin"]) {
    mkdirSync(join(tree, "usr", name), { recursive: true });
    symlinkSync(`usr/${name}`, join(tree, name));
  }
  const options = ["-o", "APT::Sandbox::User=root"];
  await run("apt-get", [...options, "download", ...packages], { cwd: downloads, timeoutMs: DOWNLOAD_MS });
  for (const file of globSync(join(downloads, "*.deb"))) {
    const archive = `${file}.tar`;
    await run("sh", ["-c", 'dpkg-deb --fsys-tarfile "$1" > "$2"', "sh", file, archive], { timeoutMs: DOWNLOAD_MS });
    await run("tar", ["-x", "--keep-directory-symlink", "-C", tree, "-f", archive], { timeoutMs: DOWNLOAD_MS });
    rmSync(archive);
  }
  rmSync(downloads, { recursive: true });
  // The package's own link leads to /bin of this machine, which may have no kmod.
  writeFileSync(join(tree, "usr/bin/depmod"), DEPMOD, { mode: 0o755 });
}

const DEPMOD = '#!/bin/bash\nexec -a depmod "$(dirname "$0")/kmod" "$@"\n';
