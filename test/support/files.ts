import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** The files of a folder and of its folders that have something in them, but for those that go meanwhile: their engine lives. */
export function filesWith(folder: string, needle: string | Buffer): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile() && has(path, needle));
}

function has(path: string, needle: string | Buffer): boolean {
  try {
    return readFileSync(path).includes(needle);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw cause;
  }
}
