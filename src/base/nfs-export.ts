/** A folder that an NFS server offers. */
export interface NfsExport {
  /** A name or an address; IPv6 without brackets. */
  host: string;
  path: string;
  /** Of the mount, beyond or against the usual ones, as mount(8) takes them. */
  options: readonly string[];
}

/**
 * Reads `HOST:/PATH[,OPTION…]`; an IPv6 address is in brackets.
 * @returns nothing when it is anything else
 */
export function parseNfsExport(text: string): NfsExport | undefined {
  const parts = /^(?:\[(?<ipv6>[\da-fA-F:.]+)\]|(?<name>[\w.-]+)):(?<path>\/[^,\s]*)(?<options>(?:,[^,\s]+)*)$/.exec(
    text,
  );
  if (!parts?.groups) return undefined;
  const { ipv6, name, path, options } = parts.groups;
  return { host: ipv6 ?? name!, path: path!, options: options!.split(",").filter(Boolean) };
}

/** The export as it is mounted, and shown by the kernel: `HOST:/PATH`. */
export function nfsSource({ host, path }: NfsExport): string {
  return `${host.includes(":") ? `[${host}]` : host}:${path}`;
}
