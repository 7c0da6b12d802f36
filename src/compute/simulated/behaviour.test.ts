import { mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { systemClock } from "../../base/clock.ts";
import type { ContainerExit, ContainerSpec, PulledImage } from "../backend.ts";
import { SimulatedBackend } from "./backend.ts";
import { behaviourOf, tagWords } from "./behaviour.ts";
import { Behaviours } from "./script.ts";

const span = (from: number, to = from) => ({ from, to });

test.each([
  ["exit-3-after-0.5s", { end: { exitCode: 3, after: span(500), oomKilled: false } }],
  ["exit-0-after-1-2.5s", { end: { exitCode: 0, after: span(1000, 2500), oomKilled: false } }],
  ["oom", { end: { exitCode: 137, after: span(0), oomKilled: true } }],
  ["oom-after-2s", { end: { exitCode: 137, after: span(2000), oomKilled: true } }],
  ["slow-pull-1s_slow-start-2-3s", { pull: span(1000), start: span(2000, 3000) }],
  ["pull-error", { error: "pull", end: undefined }],
  ["fails-first-2", { failing: 2, end: { exitCode: 1, after: span(0), oomKilled: false } }],
  ["fails-first-2_start-error", { failing: 2, error: "start", end: undefined }],
  ["fails-first-2_exit-9-after-1s", { failing: 2, end: { exitCode: 9, after: span(1000), oomKilled: false } }],
  ["unhealthy", { unhealthyAfter: span(0) }],
  ["healthy-after-3s_unhealthy-after-9s", { healthyAfter: span(3000), unhealthyAfter: span(9000) }],
  ["ignore-sigterm", { ignoresSigterm: true }],
  ["1.2.3", { error: undefined, end: undefined, unhealthyAfter: undefined, ignoresSigterm: false }],
])("a tag of %s", (tag, expected) => {
  expect(behaviourOf(tagWords(`registry.test:5000/app:${tag}`))).toMatchObject(expected);
});

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "neargate-simulated-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("a script says it instead of the tag, by the first pattern that fits, and is read again when it changes", () => {
  const path = join(folder, "script.json");
  writeFileSync(path, JSON.stringify({ "*/web:1*": "oom", "*/web:*": ["ignore-sigterm", "start-error"] }));
  const behaviours = new Behaviours(path);
  behaviours.load();
  expect(behaviours.of("r.test/web:1.2")).toMatchObject({ end: { oomKilled: true }, error: undefined });
  expect(behaviours.of("r.test/web:2")).toMatchObject({ ignoresSigterm: true, error: "start" });
  expect(behaviours.of("r.test/api:pull-error")).toMatchObject({ error: "pull" });
  writeFileSync(path, JSON.stringify({ "r.test/web:?": "create-error" }));
  utimesSync(path, 1, 1);
  expect(behaviours.of("r.test/web:2")).toMatchObject({ ignoresSigterm: false, error: "create" });
  writeFileSync(path, "[1]");
  utimesSync(path, 2, 2);
  expect(behaviours.of("r.test/web:2")).toMatchObject({ error: "create" });
  expect(() => behaviours.load()).toThrow("must map image references to words");
});

describe("containers", () => {
  const scope = { account: "000000000000", region: "us-east-1" };
  let backend: SimulatedBackend;
  let exits: ContainerExit[];
  let made = 0;

  const open = async () => {
    backend = new SimulatedBackend({ config: { dataFolder: folder, simulatedScript: undefined }, clock: systemClock });
    exits = [];
    backend.onExit((exit) => exits.push(exit));
    await backend.start();
  };
  beforeEach(open);
  afterEach(() => backend.stop());

  const pull = (reference: string) => backend.pull({ reference, scope });
  const start = async (image: PulledImage) => {
    const id = `task-${++made}`;
    await backend.createContainer({ id, taskId: id, image } as ContainerSpec);
    await backend.startContainer(id);
    return id;
  };
  const health = async (id: string) => (await backend.exec(id)).exitCode;

  test("the first of an image fail, then it works: counted over restarts, also by its digest", async () => {
    const image = await pull("app:fails-first-2");
    await start(image);
    await backend.stop();
    await open();
    const pinned = await pull(`app@${image.digest}`);
    expect(pinned.digest).toBe(image.digest);
    await start(pinned);
    await start(pinned);
    await expect.poll(() => exits.map(({ exitCode }) => exitCode)).toEqual([1]);
    const states = (await backend.list()).map(({ status }) => status);
    expect(states).toEqual(["stopped", "stopped", "running"]);
  });

  test("the first pulls of an image fail", async () => {
    await expect(pull("app:fails-first-1_pull-error")).rejects.toThrow("not found");
    await pull("app:fails-first-1_pull-error");
  });

  test("a container falls ill, and another recovers", async () => {
    const ill = await start(await pull("app:unhealthy-after-1s"));
    const well = await start(await pull("app:healthy-after-1s"));
    expect([await health(ill), await health(well)]).toEqual([0, 1]);
    await expect.poll(async () => [await health(ill), await health(well)]).toEqual([1, 0]);
  });

  test("each container draws its own time from a range, and keeps it", async () => {
    const image = await pull("app:exit-0-after-0.02-0.4s");
    const ids = await Promise.all(Array.from({ length: 8 }, () => start(image)));
    await expect.poll(() => exits.length).toBe(ids.length);
    const times = exits.map(({ exitedAt }) => exitedAt);
    expect(Math.max(...times) - Math.min(...times)).toBeGreaterThan(50);
  });
});
