import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";
import { killHard } from "../support/engine.ts";

const COMMAND = join(import.meta.dirname, "../../bin/neargate.mjs");

let home: string;
let data: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "neargate-home-"));
  data = mkdtempSync(join(tmpdir(), "neargate-demo-"));
});
afterEach(async () => {
  await neargate("down");
  for (const folder of [home, data]) rmSync(folder, { recursive: true, force: true });
});

async function neargate(command: string, ...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [COMMAND, command, "--data", data, ...args], {
    cwd: home,
    env: { PATH: process.env["PATH"], HOME: home, NEARGATE_MASTER_KEY_FILE: join(home, "master.key") },
  });
  return stdout;
}

function urlIn(output: string): string {
  return /answers at\n {2}(http:\S+)/.exec(output)![1]!;
}

async function answers(url: string, withinMs = 10_000): Promise<boolean> {
  return await fetch(url, { signal: AbortSignal.timeout(withinMs) }).then(
    (response) => response.ok,
    () => false,
  );
}

test("the demo runs two tasks that answer, again from what is there, and leaves nothing", async () => {
  const first = await neargate("demo", "--port", "0", "--once");
  const url = urlIn(first);
  expect(first).toMatch(/^ {2}[0-9a-f]{8} {2}RUNNING .* private 172\.31\.\S+ {2}public \S+$/m);
  expect(await (await fetch(url)).text()).toContain("It runs.");
  expect(first).toContain("GET / from");
  expect(first).toContain("export AWS_PROFILE=neargate\n");

  const second = await neargate("demo", "--once");
  expect(second).toContain("push: is there already");

  const reference = / to (\S+:\w{12}) \(/.exec(first)![1]!;
  expect(JSON.parse(await neargate("pull", reference, "--json"))).toEqual([
    { image: reference, digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) },
  ]);
  const missing = reference.replace(/:\w+$/, ":nothing");
  await expect(neargate("pull", missing)).rejects.toThrow(
    `neargate: pull image manifest has been retried 1 time(s): failed to resolve ref ${missing}: ${missing}: not found`,
  );

  await neargate("demo", "--remove");
  expect(await answers(url, 2000)).toBe(false);
  expect(JSON.parse(await neargate("status", "--json"))).toMatchObject({
    running: true,
    tasks: { running: 0, pending: 0, stopping: 0 },
  });
}, 300_000);

test("tasks outlive the control plane; down stops them without it, an ephemeral successor too", async () => {
  const kill = async () => {
    const { pid } = JSON.parse(await neargate("status", "--json")) as { pid: number };
    await killHard(pid);
  };
  const url = urlIn(await neargate("demo", "--port", "0", "--once"));
  await kill();
  expect(await answers(url)).toBe(true);
  expect(await neargate("down")).toContain("stopping what it left");
  expect(await answers(url, 2000)).toBe(false);

  rmSync(data, { recursive: true });
  const ephemeral = ["--ephemeral", "--port", "0"];
  const second = urlIn(await neargate("demo", "--once", ...ephemeral));
  await kill();
  expect(await answers(second)).toBe(true);
  await neargate("up", "--detach", ...ephemeral);
  expect(await answers(second, 2000)).toBe(false);
  await neargate("down");
  expect(existsSync(data)).toBe(false);
}, 300_000);
