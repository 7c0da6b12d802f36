import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { run } from "../../src/base/command.ts";
import type { GuestSystem } from "./system.ts";

/** What the guest needs before it sees this machine's files. */
const FIRST_MODULES = [
  "virtio_pci",
  "virtio_blk",
  "virtio_console",
  "9pnet_virtio",
  "9p",
  "crc32c_generic",
  "ext4",
  "overlay",
];
const BUSYBOX = "/bin/busybox";

/**
 * Writes the guest's first file system: busybox, kernel modules, and scripts of this folder.
 * @param command what the guest runs, and `folder` where
 */
export async function writeInitramfs(
  path: string,
  { tree, release }: GuestSystem,
  { command, folder, environment }: { command: readonly string[]; folder: string; environment: NodeJS.ProcessEnv },
): Promise<void> {
  const root = `${path}.d`;
  mkdirSync(join(root, "bin"), { recursive: true });
  mkdirSync(join(root, "modules"));
  copyFileSync(BUSYBOX, join(root, "bin/busybox"));
  for (const script of ["init", "run-command"]) {
    copyFileSync(join(import.meta.dirname, `${script}.sh`), join(root, script));
    chmodSync(join(root, script), 0o755);
  }
  const modules = inLoadingOrder(join(tree, "lib/modules", release));
  for (const module of modules) copyFileSync(module, join(root, "modules", basename(module)));
  const settings = [
    `MODULES=${quote(modules.map((module) => basename(module)).join(" "))}`,
    `FOLDER=${quote(folder)}`,
    ...Object.entries(environment).map(([name, value]) => `export ${name}=${quote(value ?? "")}`),
    `set -- ${command.map(quote).join(" ")}`,
  ];
  writeFileSync(join(root, "settings"), `${settings.join("\n")}\n`);
  const names = ["bin", "bin/busybox", "init", "run-command", "settings", "modules"].concat(
    modules.map((module) => `modules/${basename(module)}`),
  );
  const input = `${names.join("\n")}\n`;
  await run(BUSYBOX, ["cpio", "-o", "-H", "newc", "-F", path], { cwd: root, input });
}

/** The paths of those modules and of what they need, each after its needs. */
function inLoadingOrder(folder: string): string[] {
  const needs = new Map<string, string[]>();
  for (const line of readFileSync(join(folder, "modules.dep"), "utf8").split("\n").filter(Boolean)) {
    const [file = "", rest = ""] = line.split(":");
    needs.set(file, rest.split(" ").filter(Boolean));
  }
  const ordered = new Set<string>();
  const add = (file: string): void => {
    for (const need of needs.get(file)!) add(need);
    ordered.add(file);
  };
  for (const name of FIRST_MODULES) {
    const file = [...needs.keys()].find((key) => basename(key) === `${name}.ko`);
    if (!file) throw new Error(`${dirname(folder)} has no module ${name}`);
    add(file);
  }
  return [...ordered].map((file) => join(folder, file));
}

function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
