import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";

const COMMAND = join(import.meta.dirname, "../../bin/neargate.mjs");

/** The demo is `npm start`: an engine from nothing to two tasks that answer, and back to nothing. */
let home: string;
let data: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), "neargate-home-"));
  data = mkdtempSync(join(tmpdir(), "neargate-demo-"));
});
afterAll(async () => {
  await neargate("down");
  for (const folder of [home, data]) rmSync(folder, { recursive: true, force: true });
});

async function neargate(command: string, ...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [COMMAND, command, "--data", data, ...args], {
    cwd: home,
    env: { PATH: process.env["PATH"], HOME: home },
  });
  return stdout;
}

test("the demo runs two tasks that answer, again from what is there, and leaves nothing", async () => {
  const first = await neargate("demo", "--port", "0", "--once");
  const url = /answers at\n {2}(http:\S+)/.exec(first)?.[1];
  expect(first).toMatch(/^ {2}[0-9a-f]{8} {2}RUNNING .* private 172\.31\.\S+ {2}public \S+$/m);
  expect(await (await fetch(url!)).text()).toContain("It runs.");
  expect(first).toContain("GET / from");
  expect(first).toContain("export AWS_PROFILE=neargate\n");

  const second = await neargate("demo", "--once");
  expect(second).toContain("push: is there already");

  await neargate("demo", "--remove");
  await expect(fetch(url!, { signal: AbortSignal.timeout(2000) })).rejects.toThrow();
  expect(JSON.parse(await neargate("status", "--json"))).toMatchObject({
    running: true,
    tasks: { running: 0, pending: 0, stopping: 0 },
  });
});
