import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { killHard } from "../support/engine.ts";

const ROOT = join(import.meta.dirname, "../..");

interface Result {
  code: number;
  stdout: string;
  stderr: string;
}

let home: string;
let data: string;
let dataFolders: string[];
const children = new Set<ChildProcess>();

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "neargate-home-"));
  dataFolders = [];
  data = dataFolder();
});

afterEach(async () => {
  for (const folder of dataFolders) await neargate("down", "--data", folder);
  for (const child of children) child.kill("SIGKILL");
  for (const folder of [home, ...dataFolders]) rmSync(folder, { recursive: true, force: true });
});

/** A folder for an engine, which is stopped when the test ends. */
function dataFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "neargate-cli-"));
  dataFolders.push(folder);
  return folder;
}

/** Starts the command with a home folder of its own. */
function start(args: string[], program = ["bin/neargate.mjs"]): ChildProcess & { result: Promise<Result> } {
  const child = spawn(process.execPath, [...program.map((path) => join(ROOT, path)), ...args], {
    cwd: home,
    env: { PATH: process.env["PATH"], HOME: home, NEARGATE_MASTER_KEY_FILE: join(home, "master.key") },
    stdio: ["ignore", "pipe", "pipe"],
  });
  children.add(child);
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk));
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk));
  const result = new Promise<Result>((resolve) => {
    child.once("close", (code) => {
      children.delete(child);
      resolve({ code: code ?? -1, stdout, stderr });
    });
  });
  return Object.assign(child, { result });
}

function neargate(...args: string[]): Promise<Result> {
  return start(args).result;
}

/** Starts an engine that pretends to run tasks, on a free port. */
async function up(folder: string, ...more: string[]): Promise<Result> {
  return await neargate("up", "--detach", "--compute", "simulated", "--port", "0", "--data", folder, ...more);
}

interface Status {
  running: boolean;
  pid: number;
  endpoint: string;
  instance: string;
}

async function status(folder: string): Promise<Status> {
  return JSON.parse((await neargate("status", "--json", "--data", folder)).stdout) as Status;
}

test("up returns when the engine answers, env and configure lead to it, down ends it", async () => {
  const upped = await up(data, "--account", "111122223333", "--region", "eu-west-1");
  expect(upped).toMatchObject({ code: 0, stderr: "" });
  const { endpoint } = await status(data);
  expect(upped.stdout).toContain(`answers at ${endpoint}`);
  expect(upped.stdout).toContain("The AWS profile neargate was written");
  expect(await (await fetch(`${endpoint}/_neargate/health`)).json()).toMatchObject({
    unwrittenEvents: 0,
    status: "ok",
    region: "eu-west-1",
  });
  const { port } = new URL(endpoint);
  expect((await fetch(`http://[::1]:${port}/_neargate/health`)).status).toBe(200);

  const env = JSON.parse((await neargate("env", "--json", "--data", data)).stdout) as Record<string, string>;
  const lines = (await neargate("env", "--data", data)).stdout;
  for (const [name, value] of Object.entries(env)) expect(lines).toContain(`export ${name}=${value}\n`);
  const sts = new STSClient({
    endpoint: env["AWS_ENDPOINT_URL"]!,
    region: env["AWS_REGION"]!,
    credentials: { accessKeyId: env["AWS_ACCESS_KEY_ID"]!, secretAccessKey: env["AWS_SECRET_ACCESS_KEY"]! },
  });
  expect((await sts.send(new GetCallerIdentityCommand({}))).Account).toBe("111122223333");

  expect((await neargate("configure", "--profile", "other", "--data", data)).stdout).toContain("Wrote profile other");
  const config = readFileSync(join(home, ".aws/config"), "utf8");
  expect(config).toBe(
    ["neargate", "other"]
      .map(
        (name) =>
          `[profile ${name}]\nregion = eu-west-1\nendpoint_url = ${endpoint}\ndisable_host_prefix_injection = true\n`,
      )
      .join("\n"),
  );

  expect((await neargate("down", "--data", data)).code).toBe(0);
  await expect(fetch(endpoint)).rejects.toThrow();
  expect(await neargate("status", "--data", data)).toMatchObject({ code: 1, stdout: `No engine runs on ${data}.\n` });
  expect((await neargate("env", "--data", data)).stderr).toContain("no engine runs on");
});

test("up on a running engine succeeds when the settings agree", async () => {
  await up(data);
  const { pid } = await status(data);
  expect(await up(data)).toMatchObject({ code: 0, stdout: expect.stringContaining(`already answers`) });
  expect(await up(data, "--auth", "off")).toMatchObject({
    code: 1,
    stderr: expect.stringContaining(`(pid ${pid}) runs with --auth on, not off (--auth)`),
  });
  expect(await up(data, "--dns-upstream", "192.0.2.1")).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("runs with --dns-upstream left open, not 192.0.2.1"),
  });
});

test("a data folder has one engine", async () => {
  await up(data);
  const { pid } = await status(data);
  const flags = ["--compute", "simulated", "--port", "0", "--data", data];
  const second = await start(flags, ["src/main.ts"]).result;
  expect(second.code).toBe(1);
  expect(second.stderr).toContain(`an engine (pid ${pid}) already runs on ${data}`);
});

test("two engines run side by side", async () => {
  const other = dataFolder();
  expect((await up(data)).code).toBe(0);
  expect((await up(other)).code).toBe(0);
  const [one, two] = [await status(data), await status(other)];
  expect(one.instance).not.toBe(two.instance);
  expect((await neargate("down", "--data", data)).code).toBe(0);
  expect((await fetch(`${two.endpoint}/_neargate/health`)).status).toBe(200);
});

describe("after kill -9", () => {
  test("the engine starts again, as it was before but for what is chosen anew", async () => {
    await up(data, "--isolation", "gvisor", "--log-level", "warn");
    const { pid, endpoint } = await status(data);
    await killHard(pid);
    expect((await status(data)).running).toBe(false);
    const again = await neargate("up", "--detach", "--data", data, "--log-level", "error");
    expect(again).toMatchObject({ code: 0 });
    expect(again.stdout).toMatch(
      /^It is started as it was before: --port \d+ --compute simulated --isolation gvisor\nNeargate /,
    );
    expect(await status(data)).toMatchObject({ running: true, endpoint, isolation: "gvisor", compute: "simulated" });
    expect((await status(data)).pid).not.toBe(pid);
    await neargate("down", "--data", data);
    expect((await up(data)).stdout).toMatch(/^Neargate /);
  });

  test("down cleans up what the engine left", async () => {
    await up(data);
    await killHard((await status(data)).pid);
    expect(await neargate("down", "--data", data)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("stopping what it left"),
    });
    expect(existsSync(join(data, "engine.json"))).toBe(false);
    expect((await neargate("down", "--data", data)).stdout).toBe(`No engine runs on ${data}.\n`);
  });

  test("a damaged engine.json is named", async () => {
    await up(data);
    await killHard((await status(data)).pid);
    const file = join(data, "engine.json");
    const content = readFileSync(file, "utf8");
    writeFileSync(file, content.slice(0, 20));
    expect((await neargate("down", "--data", data)).stderr).toContain(`${file} is damaged`);
    writeFileSync(file, content);
    expect((await neargate("down", "--data", data)).code).toBe(0);
  });

  test("down says why it cannot clean up", async () => {
    await up(data);
    await killHard((await status(data)).pid);
    const setVersion = (version: number) => {
      const database = new DatabaseSync(join(data, "state.db"));
      database.exec(`update neargate_meta set value = '${version}' where key = 'schema'`);
      database.close();
    };
    setVersion(99);
    expect(await neargate("down", "--data", data)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("the data folder was written by a newer Neargate"),
    });
    setVersion(1);
    expect((await neargate("down", "--data", data)).code).toBe(0);
  });
});

test("a port in use is told before anything is started", async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const refused = await neargate("up", "--detach", "--compute", "simulated", "--data", data, "--port", String(port));
  server.close();
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain(`port ${port} of 127.0.0.1 is in use: choose another with --port`);
});

test("a folder with other things in it is refused", async () => {
  writeFileSync(join(data, "thesis.txt"), "");
  expect((await up(data)).stderr).toContain(`${data} holds files that are not Neargate's`);
});

test("an ephemeral engine can be reset and leaves nothing", async () => {
  await up(data);
  expect((await fetch(`${(await status(data)).endpoint}/_neargate/reset`, { method: "POST" })).status).toBe(403);

  const folder = dataFolder();
  await up(folder, "--ephemeral");
  const reset = `${(await status(folder)).endpoint}/_neargate/reset`;
  expect((await fetch(reset)).status).toBe(405);
  expect((await fetch(reset, { method: "POST", headers: { origin: "http://evil.example" } })).status).toBe(403);
  expect(await (await fetch(reset, { method: "POST" })).json()).toEqual({ status: "ok" });
  expect((await neargate("down", "--keep-tasks", "--data", folder)).stderr).toContain("does not leave tasks behind");
  await neargate("down", "--data", folder);
  expect(existsSync(folder)).toBe(false);
});

test("in the foreground, Ctrl-C stops the control plane and says how to go on", async () => {
  const running = start(["up", "--compute", "simulated", "--port", "0", "--log-level", "error", "--data", data]);
  await new Promise<void>((resolve) => {
    running.stdout!.on("data", (chunk: Buffer) => {
      if (chunk.includes("Ctrl-C")) resolve();
    });
  });
  running.kill("SIGINT");
  expect(await running.result).toMatchObject({
    code: 0,
    stderr: "",
    stdout: expect.stringMatching(/answers at http[^]*"neargate down" stops them\.\n$/),
  });
});

test.each([
  [["up", "--port", "x"], '--port must be a number from 0 to 65535, not "x"'],
  [["up", "--prot", "1"], "unknown option '--prot'"],
  [["update"], "unknown command 'update'"],
])("%j is refused", async (args, message) => {
  expect(await neargate(...args)).toMatchObject({ code: 1, stderr: expect.stringContaining(message) });
});
