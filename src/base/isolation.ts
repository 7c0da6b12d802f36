/** What stands between a task and the host: `runc`, the kernel's namespaces; `gvisor`, a kernel of its own in user space. */
export const ISOLATION_TIERS = ["runc", "gvisor"] as const;
export type Isolation = (typeof ISOLATION_TIERS)[number];

/** Whether tasks on `runc` have users of their own: `auto` where this machine can, `on` or not at all, `off` never. */
export const USER_NAMESPACES = ["auto", "on", "off"] as const;
export type UserNamespaceMode = (typeof USER_NAMESPACES)[number];
