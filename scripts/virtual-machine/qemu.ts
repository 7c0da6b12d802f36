import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { GuestSystem } from "./system.ts";

export interface Machine {
  system: GuestSystem;
  initramfs: string;
  /** Written to. */
  disk: string;
  /** Only read. */
  modules: string;
  /** Of files that end with the machine: what its kernel says, and how the command ended. */
  folder: string;
}

/**
 * Runs the machine to its end; what the command prints goes to standard output.
 * @returns the command's exit code
 * @throws Error when the machine ended without one
 */
export async function runMachine(
  { system: { tree, kernel }, initramfs, disk, modules, folder }: Machine,
  signal: AbortSignal,
): Promise<number> {
  const file = (name: string) => join(folder, name);
  const arguments_ = [
    "-nodefaults -no-user-config -no-reboot -display none -nic none",
    "-machine q35 -accel tcg,thread=multi,tb-size=1024 -cpu max -smp 2 -m 4G",
    `-kernel ${kernel} -initrd ${initramfs} -serial file:${file("console")}`,
    `-drive if=virtio,format=raw,cache=unsafe,discard=unmap,file=${disk}`,
    `-drive if=virtio,format=raw,readonly=on,file=${modules}`,
    `-virtfs ${share("host", "/")} -virtfs ${share("tree", tree)}`,
    "-device virtio-serial",
    "-chardev stdio,id=output,signal=off -device virtserialport,chardev=output,name=output",
    `-chardev file,id=status,path=${file("status")} -device virtserialport,chardev=status,name=status`,
  ].flatMap((line) => line.split(" "));
  const kernelLine = "console=ttyS0 quiet panic=-1 mitigations=off random.trust_cpu=on";
  const child = spawn("nice", ["-n", "5", "qemu-system-x86_64", ...arguments_, "-append", kernelLine], {
    stdio: ["pipe", "inherit", "inherit"], // the guest waits for ever where standard input is at its end
    signal,
  });
  await once(child, "close");
  const status = readFileSync(file("status"), "utf8").trim();
  if (/^\d+$/.test(status)) return Number(status);
  throw new Error(`the machine ended early:\n${readFileSync(file("console"), "utf8")}`);
}

/** A folder of this machine that the guest can read by its name. */
function share(name: string, path: string): string {
  return `local,path=${path},mount_tag=${name},security_model=none,readonly=on,multidevs=remap`;
}
