import { expect, test } from "vitest";
import type { ContainerUsage } from "../../compute/usage.ts";
import { containerStats, type StatsSample } from "./stats-view.ts";

function sample(readAt: number, total: number, rxBytes: number): StatsSample {
  const usage: ContainerUsage = {
    readAt,
    processes: 3,
    cpu: {
      total,
      kernel: 1,
      user: 2,
      system: total * 100,
      onlineCpus: 2,
      periods: 4,
      throttledPeriods: 1,
      throttled: 7,
    },
    memory: { usage: 10, limit: 100, stats: { cache: 1 } },
    blockIo: { serviceBytes: [{ major: 254, minor: 0, op: "read", value: 5 }], serviced: [] },
  };
  const network = {
    rxBytes,
    txBytes: 0,
    rxPackets: 1,
    txPackets: 0,
    rxErrors: 0,
    txErrors: 0,
    rxDropped: 0,
    txDropped: 0,
  };
  return { usage, network };
}

test("statistics have the earlier reading, and rates since then", () => {
  const stats = containerStats("task-1", "app", sample(12_000, 50, 4000), sample(2000, 20, 1000));
  expect(stats).toMatchObject({
    id: "task-1",
    name: "app",
    read: "1970-01-01T00:00:12.000Z",
    preread: "1970-01-01T00:00:02.000Z",
    pids_stats: { current: 3 },
    cpu_stats: { cpu_usage: { total_usage: 50 }, system_cpu_usage: 5000, online_cpus: 2 },
    precpu_stats: { cpu_usage: { total_usage: 20 }, system_cpu_usage: 2000 },
    memory_stats: { usage: 10, limit: 100, stats: { cache: 1 } },
    blkio_stats: { io_service_bytes_recursive: [{ major: 254, minor: 0, op: "read", value: 5 }] },
    networks: { eth1: { rx_bytes: 4000, rx_packets: 1 } },
    network_rate_stats: { rx_bytes_per_sec: 300, tx_bytes_per_sec: 0 },
  });
});

test("without an earlier reading there is no rate", () => {
  const stats = containerStats("task-1", "app", sample(12_000, 50, 4000), undefined);
  expect(stats.preread).toBe("0001-01-01T00:00:00Z");
  expect(stats.precpu_stats.cpu_usage.total_usage).toBe(0);
  expect(stats).not.toHaveProperty("network_rate_stats");
});
