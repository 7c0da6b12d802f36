/** What stands between a task and the host: `runc`, the kernel's namespaces; `gvisor`, a kernel of its own in user space. */
export const ISOLATION_TIERS = ["runc", "gvisor"] as const;
export type Isolation = (typeof ISOLATION_TIERS)[number];
