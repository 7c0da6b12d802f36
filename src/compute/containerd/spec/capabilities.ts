/** What Docker gives a container, and Fargate too: https://docs.docker.com/engine/containers/run/#runtime-privilege-and-linux-capabilities */
export const DEFAULT_CAPABILITIES = [
  "CAP_CHOWN",
  "CAP_DAC_OVERRIDE",
  "CAP_FSETID",
  "CAP_FOWNER",
  "CAP_MKNOD",
  "CAP_NET_RAW",
  "CAP_SETGID",
  "CAP_SETUID",
  "CAP_SETFCAP",
  "CAP_SETPCAP",
  "CAP_NET_BIND_SERVICE",
  "CAP_SYS_CHROOT",
  "CAP_KILL",
  "CAP_AUDIT_WRITE",
];

/**
 * The default capabilities with some dropped and others added, as `SYS_PTRACE` or `CAP_SYS_PTRACE`. Dropping `ALL`
 * leaves only what is added.
 */
export function mergeCapabilities(change: { add: string[]; drop: string[] } = { add: [], drop: [] }): string[] {
  const drop = change.drop.map(fullName);
  const kept = drop.includes("CAP_ALL") ? [] : DEFAULT_CAPABILITIES.filter((name) => !drop.includes(name));
  return [...new Set([...kept, ...change.add.map(fullName)])];
}

function fullName(name: string): string {
  const upper = name.toUpperCase();
  return upper.startsWith("CAP_") ? upper : `CAP_${upper}`;
}
