import koffi from "koffi";

const PR_SET_DUMPABLE = 4;

/**
 * Has the kernel write no core file should this process crash: its memory is full of secrets, and a core file lasts.
 * Programs that it starts are as they would be. https://man7.org/linux/man-pages/man2/PR_SET_DUMPABLE.2const.html
 * @throws Error when the kernel refuses
 */
export function forbidCoreFiles(): void {
  const prctl = koffi.load("libc.so.6").func("prctl", "int", ["int", "ulong", "ulong", "ulong", "ulong"]);
  if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) !== 0) throw new Error("core files of this process cannot be forbidden");
}
