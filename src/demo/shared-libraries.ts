import { closeSync, openSync, readSync } from "node:fs";
import { run } from "../base/command.ts";

const ELF_MAGIC = 0x7f454c46;
const PT_INTERP = 3;

/**
 * Every file that a program needs to start: its dynamic loader and its shared libraries, at the paths where the loader
 * finds them. None for a static program.
 */
export async function sharedLibraries(program: string): Promise<string[]> {
  const loader = interpreterOf(program);
  if (loader === undefined) return [];
  // The loader itself says what it would load; that is what ldd asks, too.
  const { stdout } = await run(loader, ["--list", program]);
  const found = stdout
    .split("\n")
    .map((line) => /(?:=>\s+)?(\/\S+)\s+\(0x/.exec(line)?.[1])
    .filter((path) => path !== undefined);
  return [...new Set([loader, ...found])];
}

/**
 * The dynamic loader that a 64-bit ELF file names, https://refspecs.linuxfoundation.org/elf/gabi4+/ch5.pheader.html
 * @throws Error when the file is not such a program
 */
export function interpreterOf(program: string): string | undefined {
  const fd = openSync(program, "r");
  try {
    const header = readAt(fd, 0, 64);
    if (header.readUInt32BE(0) !== ELF_MAGIC || header[4] !== 2 || header[5] !== 1)
      throw new Error(`${program} is not a 64-bit little-endian ELF program`);
    const tableAt = Number(header.readBigUInt64LE(32));
    const entrySize = header.readUInt16LE(54);
    for (let index = 0; index < header.readUInt16LE(56); index++) {
      const entry = readAt(fd, tableAt + index * entrySize, entrySize);
      if (entry.readUInt32LE(0) !== PT_INTERP) continue;
      const path = readAt(fd, Number(entry.readBigUInt64LE(8)), Number(entry.readBigUInt64LE(32)));
      return path.toString("latin1").replace(/\0.*$/, "");
    }
    return undefined;
  } finally {
    closeSync(fd);
  }
}

function readAt(fd: number, position: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  readSync(fd, bytes, 0, length, position);
  return bytes;
}
