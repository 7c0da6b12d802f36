/** One counter of a block device. */
export interface BlockIoCounter {
  major: number;
  minor: number;
  /** `read`, `write`, … */
  op: string;
  /** Bytes, or operations. */
  value: number;
}

/** What a container has used until now. Times are nanoseconds, sizes bytes. */
export interface ContainerUsage {
  /** Milliseconds since 1970. */
  readAt: number;
  processes: number;
  cpu: {
    total: number;
    /** By CPU; only where the kernel counts so. */
    perCpu?: number[];
    kernel: number;
    user: number;
    /** Of all CPUs of the host since boot, idle time included. */
    system: number;
    onlineCpus: number;
    periods: number;
    throttledPeriods: number;
    throttled: number;
  };
  memory: {
    usage: number;
    /** Only where the kernel keeps it. */
    maxUsage?: number;
    /** The container's own, or its task's. */
    limit: number;
    /** As the kernel calls and counts them. */
    stats: Record<string, number>;
  };
  blockIo: { serviceBytes: BlockIoCounter[]; serviced: BlockIoCounter[] };
}
