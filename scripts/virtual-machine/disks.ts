import { createHash } from "node:crypto";
import {
  existsSync,
  globSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { join } from "node:path";
import { run } from "../../src/base/command.ts";

const DISK_BYTES = 32 * 1024 ** 3;
const MODULES_BYTES = 8 * 1024 ** 3;
const FORMAT_MS = 600_000;
/** What Git does not have, and what it has only for itself. */
const NOT_SOURCES = ["node_modules", ".git", "coverage"];

/**
 * Makes the disk that the guest writes to, with a copy of the project's sources in its folder `project`: thousands of
 * small files are slow to read from this machine. The copy is without types: see stripped.mjs.
 */
export async function makeWorkDisk(path: string, project: string): Promise<void> {
  const content = `${path}.content`;
  mkdirSync(join(content, "project"), { recursive: true });
  const sources = readdirSync(project).filter((name) => !NOT_SOURCES.includes(name));
  const copy = join(content, "project");
  await run("cp", ["--archive", ...sources, copy], { cwd: project });
  for (const name of globSync("**/*.ts", { cwd: copy })) stripTypes(join(copy, name));
  await format(path, DISK_BYTES, content);
  rmSync(content, { recursive: true });
}

/**
 * A disk with the project's node_modules, kept for the next time that they are the same.
 * @returns its path
 */
export async function modulesDisk(cache: string, project: string): Promise<string> {
  const modules = join(project, "node_modules");
  const state = createHash("sha256")
    .update(readFileSync(join(modules, ".package-lock.json")))
    .digest("hex")
    .slice(0, 12);
  const path = join(cache, `modules-${state}`);
  if (existsSync(path)) return path;
  console.error("Copying node_modules to a disk …");
  const content = join(cache, "modules.content");
  rmSync(content, { recursive: true, force: true });
  mkdirSync(content);
  const packages = readdirSync(modules).filter((name) => name !== ".cache");
  await run("cp", ["--archive", "--link", ...packages, content], { cwd: modules, timeoutMs: FORMAT_MS });
  await format(`${path}.partial`, MODULES_BYTES, content);
  for (const old of globSync(join(cache, "modules*"))) if (old !== `${path}.partial`) rmSync(old, { recursive: true });
  renameSync(`${path}.partial`, path);
  return path;
}

function stripTypes(path: string): void {
  writeFileSync(path, stripTypeScriptTypes(readFileSync(path, "utf8")));
}

async function format(path: string, bytes: number, content: string): Promise<void> {
  writeFileSync(path, "");
  truncateSync(path, bytes);
  const features = ["-O", "encrypt", "-m", "0", "-E", "lazy_itable_init=1"];
  await run("mke2fs", ["-q", "-t", "ext4", ...features, "-d", content, path], { timeoutMs: FORMAT_MS });
}
