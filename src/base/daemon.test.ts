import { appendFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { daemonPid, ensureDaemon, stopDaemon } from "./daemon.ts";
import { trimLogFile } from "./log-files.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "neargate-daemon-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("a daemon is started once, also when its pid file was never written", async () => {
  const pidFile = join(folder, "daemon.pid");
  const args = ["-f", join(folder, "nothing"), "-F", "-s", "60"];
  const spec = { program: "tail", args, pidFile, logFile: join(folder, "daemon.log") };
  const { pid } = await ensureDaemon(spec);
  try {
    expect(await ensureDaemon(spec)).toEqual({ pid, started: false });
    rmSync(pidFile);
    expect(await ensureDaemon({ ...spec, commandLine: ["tail", ...args] })).toEqual({ pid, started: false });
    expect(daemonPid(pidFile)).toBe(pid);
  } finally {
    await stopDaemon(pidFile);
  }
  const again = await ensureDaemon({ ...spec, commandLine: ["tail", ...args] });
  await stopDaemon(pidFile);
  expect(again.started).toBe(true);
});

test("a log file over its limit is emptied, and its text kept once", () => {
  const path = join(folder, "x.log");
  trimLogFile(path, 10);
  appendFileSync(path, "0123456789");
  trimLogFile(path, 10);
  expect(readFileSync(path, "utf8")).toBe("0123456789");
  appendFileSync(path, "x");
  trimLogFile(path, 10);
  expect([readFileSync(path, "utf8"), readFileSync(`${path}.1`, "utf8")]).toEqual(["", "0123456789x"]);
});
