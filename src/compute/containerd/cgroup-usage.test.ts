import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readUsage } from "./cgroup-usage.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "neargate-usage-"));
});
afterEach(() => rmSync(root, { recursive: true }));

const procStat = "cpu  100 0 50 800 10 0 5 0 0 0\ncpu0 50 0 25 400 5 0 2 0 0 0\ncpu1 50 0 25 400 5 0 3 0 0 0\nintr 1\n";

function write(files: Record<string, string>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
}

test("version 2", () => {
  write({
    "pids.current": "4\n",
    "cpu.stat": "usage_usec 1500\nuser_usec 1000\nsystem_usec 500\nnr_periods 9\nnr_throttled 2\nthrottled_usec 30\n",
    "memory.current": "4096\n",
    "memory.peak": "8192\n",
    "memory.max": "max\n",
    "memory.stat": "anon 1024\nfile 2048\n",
    "io.stat": "254:0 rbytes=4096 wbytes=512 rios=1 wios=2 dbytes=0 dios=0\n",
  });
  const source = { version: 2 as const, folder: () => root, taskMemoryLimit: () => 1_000_000, procStat };
  expect(readUsage(source, 7)).toEqual({
    readAt: 7,
    processes: 4,
    cpu: {
      total: 1_500_000,
      kernel: 500_000,
      user: 1_000_000,
      system: 9_650_000_000,
      onlineCpus: 2,
      periods: 9,
      throttledPeriods: 2,
      throttled: 30_000,
    },
    memory: { usage: 4096, maxUsage: 8192, limit: 1_000_000, stats: { anon: 1024, file: 2048 } },
    blockIo: {
      serviceBytes: [
        { major: 254, minor: 0, op: "read", value: 4096 },
        { major: 254, minor: 0, op: "write", value: 512 },
      ],
      serviced: [
        { major: 254, minor: 0, op: "read", value: 1 },
        { major: 254, minor: 0, op: "write", value: 2 },
      ],
    },
  });
});

test("version 1, on a host without the controller for block devices", () => {
  write({
    "pids/pids.current": "4\n",
    "cpu/cpu.stat": "nr_periods 9\nnr_throttled 2\nthrottled_time 30\n",
    "cpuacct/cpuacct.usage": "1500\n",
    "cpuacct/cpuacct.usage_percpu": "1000 500 \n",
    "cpuacct/cpuacct.stat": "user 2\nsystem 1\n",
    "memory/memory.usage_in_bytes": "4096\n",
    "memory/memory.max_usage_in_bytes": "8192\n",
    "memory/memory.limit_in_bytes": "9223372036854771712\n",
    "memory/memory.stat": "cache 1\n",
  });
  const folder = (controller: string) => (controller === "blkio" ? undefined : join(root, controller));
  const usage = readUsage({ version: 1, folder, taskMemoryLimit: () => 1_000_000, procStat }, 7)!;
  expect(usage.cpu).toMatchObject({ total: 1500, perCpu: [1000, 500], kernel: 1e7, user: 2e7, throttled: 30 });
  expect(usage.memory).toEqual({ usage: 4096, maxUsage: 8192, limit: 1_000_000, stats: { cache: 1 } });
  expect(usage.blockIo).toEqual({ serviceBytes: [], serviced: [] });
});

test("of a container that is gone there is nothing", () => {
  const folder = () => join(root, "gone");
  expect(readUsage({ version: 2, folder, taskMemoryLimit: () => 0, procStat }, 7)).toBeUndefined();
});
