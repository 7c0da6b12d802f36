import type { BlockIoCounter, ContainerUsage } from "../../compute/usage.ts";
import type { InterfaceCounters } from "../../network/backend.ts";

/** The counters of a container and of its task's interface at one moment. */
export interface StatsSample {
  usage: ContainerUsage;
  network: InterfaceCounters | undefined;
}

/** As AWS names the interface that a task's own traffic takes. */
const INTERFACE = "eth1";
/** Go's zero time: when there was no reading before. */
const NEVER = "0001-01-01T00:00:00Z";

/**
 * The statistics of a container in Docker's format, with the rates of its task's interface.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-metadata-endpoint-v4-fargate-examples.html
 * @param before an earlier reading, for what is computed from two
 */
export function containerStats(id: string, name: string, now: StatsSample, before: StatsSample | undefined) {
  const { usage, network } = now;
  const { memory, blockIo } = usage;
  const seconds = before ? (usage.readAt - before.usage.readAt) / 1000 : 0;
  return {
    read: new Date(usage.readAt).toISOString(),
    preread: before ? new Date(before.usage.readAt).toISOString() : NEVER,
    pids_stats: { current: usage.processes },
    blkio_stats: {
      io_service_bytes_recursive: blockCounters(blockIo.serviceBytes),
      io_serviced_recursive: blockCounters(blockIo.serviced),
      io_queue_recursive: [],
      io_service_time_recursive: [],
      io_wait_time_recursive: [],
      io_merged_recursive: [],
      io_time_recursive: [],
      sectors_recursive: [],
    },
    num_procs: 0, // of Windows
    storage_stats: {},
    cpu_stats: cpuStats(usage),
    precpu_stats: before ? cpuStats(before.usage) : NO_CPU_STATS,
    memory_stats: {
      usage: memory.usage,
      ...(memory.maxUsage === undefined ? {} : { max_usage: memory.maxUsage }),
      stats: memory.stats,
      limit: memory.limit,
    },
    name,
    id,
    ...(network
      ? {
          networks: {
            [INTERFACE]: {
              rx_bytes: network.rxBytes,
              rx_packets: network.rxPackets,
              rx_errors: network.rxErrors,
              rx_dropped: network.rxDropped,
              tx_bytes: network.txBytes,
              tx_packets: network.txPackets,
              tx_errors: network.txErrors,
              tx_dropped: network.txDropped,
            },
          },
        }
      : {}),
    ...(network && before?.network && seconds > 0
      ? {
          network_rate_stats: {
            rx_bytes_per_sec: (network.rxBytes - before.network.rxBytes) / seconds,
            tx_bytes_per_sec: (network.txBytes - before.network.txBytes) / seconds,
          },
        }
      : {}),
  };
}

function cpuStats({ cpu }: ContainerUsage) {
  return {
    cpu_usage: {
      total_usage: cpu.total,
      ...(cpu.perCpu ? { percpu_usage: cpu.perCpu } : {}),
      usage_in_kernelmode: cpu.kernel,
      usage_in_usermode: cpu.user,
    },
    system_cpu_usage: cpu.system,
    online_cpus: cpu.onlineCpus,
    throttling_data: {
      periods: cpu.periods,
      throttled_periods: cpu.throttledPeriods,
      throttled_time: cpu.throttled,
    },
  };
}

/** Docker's, when there was no reading before. */
const NO_CPU_STATS = {
  cpu_usage: { total_usage: 0, usage_in_kernelmode: 0, usage_in_usermode: 0 },
  throttling_data: { periods: 0, throttled_periods: 0, throttled_time: 0 },
};

function blockCounters(counters: readonly BlockIoCounter[]) {
  return counters.map(({ major, minor, op, value }) => ({ major, minor, op, value }));
}
