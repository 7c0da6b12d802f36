import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { systemClock } from "../../base/clock.ts";
import { openCgroups, weightOf } from "./cgroup.ts";

const spec = { taskId: "task", cpuUnits: 512, memoryMiB: 1024 };
let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "neargate-cgroup-"));
});
afterEach(() => rmSync(root, { recursive: true }));

const file = (path: string, text = "") => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
};
const read = (path: string) => readFileSync(join(root, path), "utf8");

describe("version 2", () => {
  beforeEach(() => file("cgroup.controllers", "cpu memory pids"));

  test("a task's group has its limits, and hands controllers down at every level", () => {
    file("neargate-abc/task/memory.swap.max", "max");
    const cgroups = openCgroups("abc", systemClock, root);
    cgroups.ensure(spec);
    expect(cgroups).toMatchObject({ version: 2, swapAccounting: true });
    for (const level of ["", "neargate-abc/", "neargate-abc/task/"])
      expect(read(`${level}cgroup.subtree_control`)).toBe("+cpu +memory +pids");
    expect(read("neargate-abc/task/cpu.max")).toBe("50000 100000");
    expect(read("neargate-abc/task/cpu.weight")).toBe("50");
    expect(read("neargate-abc/task/memory.max")).toBe("1073741824");
    expect(read("neargate-abc/task/memory.swap.max")).toBe("0");
    expect(read("neargate-abc/task/pids.max")).toBe("8192");
  });

  test("a process of the host joins a group of its own: there are no processes where there are groups below", () => {
    const cgroups = openCgroups("abc", systemClock, root);
    expect(() => cgroups.join("task", 42)).toThrow();
    cgroups.ensure(spec);
    cgroups.join("task", 42);
    cgroups.join("task", 42);
    expect(read("neargate-abc/task/helpers/cgroup.procs")).toBe("42");
  });

  test("kills for memory are counted", () => {
    const cgroups = openCgroups("abc", systemClock, root);
    expect(cgroups.oomKills("task", "c")).toBe(0);
    file("neargate-abc/task/c/memory.events", "low 0\nmax 12\noom 2\noom_kill 3\noom_group_kill 0\n");
    expect(cgroups.oomKills("task", "c")).toBe(3);
  });

  test("weights are in proportion to CPU units", () => {
    expect([0, 2, 10, 256, 1024, 16_384, 262_144].map(weightOf)).toEqual([1, 1, 1, 25, 100, 1600, 10_000]);
  });
});

describe("version 1", () => {
  beforeEach(() => {
    for (const hierarchy of ["cpu,cpuacct", "memory", "pids", "unified"]) mkdirSync(join(root, hierarchy));
  });

  test("a task's group has its limits, where controllers share a hierarchy too", () => {
    const cgroups = openCgroups("abc", systemClock, root);
    cgroups.ensure(spec);
    expect(cgroups).toMatchObject({ version: 1, swapAccounting: false });
    expect(read("cpu,cpuacct/neargate-abc/task/cpu.cfs_period_us")).toBe("100000");
    expect(read("cpu,cpuacct/neargate-abc/task/cpu.cfs_quota_us")).toBe("50000");
    expect(read("cpu,cpuacct/neargate-abc/task/cpu.shares")).toBe("512");
    expect(read("memory/neargate-abc/task/memory.limit_in_bytes")).toBe("1073741824");
    expect(existsSync(join(root, "memory/neargate-abc/task/memory.memsw.limit_in_bytes"))).toBe(false);
    expect(read("pids/neargate-abc/task/pids.max")).toBe("8192");
  });

  test("kills for memory are counted", () => {
    file("memory/neargate-abc/task/c/memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 1\n");
    expect(openCgroups("abc", systemClock, root).oomKills("task", "c")).toBe(1);
  });

  test("removal takes groups out of every hierarchy, and what is gone already", async () => {
    const cgroups = openCgroups("abc", systemClock, root);
    for (const hierarchy of ["cpu,cpuacct", "unified"])
      mkdirSync(join(root, hierarchy, "neargate-abc/task/c"), { recursive: true });
    await cgroups.remove("task");
    await cgroups.remove("task");
    cgroups.removeParent();
    expect(existsSync(join(root, "unified/neargate-abc"))).toBe(false);
    expect(existsSync(join(root, "cpu,cpuacct/neargate-abc"))).toBe(false);
  });

  test("a host without a controller is told so", () => {
    rmSync(join(root, "memory"), { recursive: true });
    expect(() => openCgroups("abc", systemClock, root)).toThrow('the cgroup controller "memory" is not available');
  });
});
