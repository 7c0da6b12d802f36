import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { messageOf } from "../src/base/errors.ts";
import { findProgram } from "../src/base/find-program.ts";
import { makeWorkDisk, modulesDisk } from "./virtual-machine/disks.ts";
import { writeInitramfs } from "./virtual-machine/initramfs.ts";
import { runMachine } from "./virtual-machine/qemu.ts";
import { guestSystem } from "./virtual-machine/system.ts";

/**
 * `npm run test:machine -- test/system/tasks.test.ts`: runs tests, or `-- -- command argument…` a command, on another
 * kernel than this machine's: in a virtual machine that sees this machine's files but changes none, has cgroups of version
 * 2 and no network but its own. Needs no KVM, and is some twenty times slower than without it.
 */
const ROOT = join(import.meta.dirname, "..");
const CACHE = join(ROOT, "node_modules/.cache/neargate/virtual-machine");
const VITEST = ["vitest", "run", "--project", "system", "--maxWorkers=1", "--retry=0", "--reporter=verbose"];

async function main(args: readonly string[]): Promise<number> {
  if (!findProgram("qemu-system-x86_64")) throw new Error("qemu-system-x86_64 is missing: install qemu-system-x86");
  const separator = args.indexOf("--");
  const command = separator < 0 ? [...VITEST, ...args] : args.slice(separator + 1);
  mkdirSync(CACHE, { recursive: true });
  const system = await guestSystem(CACHE);
  const modules = await modulesDisk(CACHE, ROOT);
  const folder = mkdtempSync(join(tmpdir(), "neargate-machine-"));
  try {
    const [initramfs, disk] = [join(folder, "initramfs"), join(folder, "disk")];
    await makeWorkDisk(disk, ROOT);
    const path = [join(ROOT, "node_modules/.bin"), dirname(process.execPath), "/usr/sbin:/usr/bin:/sbin:/bin"].join(
      ":",
    );
    const environment = {
      PATH: path,
      HOME: "/root",
      LANG: "C.UTF-8",
      CI: "1",
      NEARGATE_VIRTUAL_MACHINE: "1",
      NODE_OPTIONS: `--import=${fileURLToPath(import.meta.resolve("./virtual-machine/stripped.mjs"))}`,
    };
    await writeInitramfs(initramfs, system, { command, folder: ROOT, environment });
    return await runMachine({ system, initramfs, disk, modules, folder }, endWithUs());
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function endWithUs(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, () => controller.abort());
  return controller.signal;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (cause) {
  console.error(messageOf(cause));
  process.exitCode = 1;
}
