import { isIPv6 } from "node:net";

/**
 * An IPv6 block in its shortest form, without host bits; `undefined` when the text is none.
 */
export function parseIpv6Cidr(text: string): string | undefined {
  const [address = "", prefixText = "", ...rest] = text.split("/");
  if (rest.length || !isIPv6(address) || address.includes("%") || !/^\d{1,3}$/.test(prefixText)) return undefined;
  const prefix = Number(prefixText);
  if (prefix > 128) return undefined;
  // The URL parser writes addresses in their canonical form (RFC 5952).
  const groups = expand(new URL(`http://[${address}]/`).hostname.slice(1, -1));
  const cut = groups.map((group, i) => group & ~(0xffff >> Math.min(16, Math.max(0, prefix - 16 * i))) & 0xffff);
  const hostname = new URL(`http://[${cut.map((group) => group.toString(16)).join(":")}]/`).hostname;
  return `${hostname.slice(1, -1)}/${prefix}`;
}

function expand(address: string): number[] {
  const [head = "", tail] = address.split("::");
  const groups = (part: string) => (part ? part.split(":").map((group) => Number.parseInt(group, 16)) : []);
  if (tail === undefined) return groups(head);
  const missing = 8 - groups(head).length - groups(tail).length;
  return [...groups(head), ...Array.from({ length: missing }, () => 0), ...groups(tail)];
}
