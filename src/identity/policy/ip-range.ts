import { isIPv4, isIPv6 } from "node:net";

/** Addresses that begin with the same bits: one address, or a CIDR block. */
export interface IpRange {
  bytes: Uint8Array;
  bits: number;
}

/** Understands `203.0.113.0/24`, `2001:db8::/32` or a single address; `undefined` for anything else. */
export function parseIpRange(text: string): IpRange | undefined {
  const [address = "", length, ...rest] = text.trim().split("/");
  const bytes = parseAddress(address);
  if (!bytes || rest.length) return undefined;
  if (length === undefined) return { bytes, bits: bytes.length * 8 };
  const bits = /^\d{1,3}$/.test(length) ? Number(length) : Number.NaN;
  return bits <= bytes.length * 8 ? { bytes, bits } : undefined;
}

/** Whether an address, as bytes of {@link parseAddress}, is of a range. */
export function isInRange(address: Uint8Array, { bytes, bits }: IpRange): boolean {
  if (address.length !== bytes.length) return false;
  const whole = bits >> 3;
  for (let index = 0; index < whole; index += 1) if (address[index] !== bytes[index]) return false;
  const mask = (0xff00 >> (bits & 7)) & 0xff;
  return mask === 0 || (address[whole]! & mask) === (bytes[whole]! & mask);
}

/** The four or sixteen bytes of an address; IPv4 in its IPv6 form is IPv4. */
export function parseAddress(text: string): Uint8Array | undefined {
  if (isIPv4(text)) return Uint8Array.from(text.split("."), Number);
  if (!isIPv6(text)) return undefined;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(text);
  return mapped ? parseAddress(mapped[1]!) : parseIpv6(text);
}

function parseIpv6(text: string): Uint8Array {
  const [head = "", tail] = text.replace(/%.*$/, "").split("::");
  const front = groups(head);
  const back = groups(tail ?? "");
  const bytes = new Uint8Array(16);
  bytes.set(front, 0);
  bytes.set(back, 16 - back.length);
  return bytes;
}

/** The bytes of `2001:db8`, or of `1:2.3.4.5`. */
function groups(text: string): number[] {
  return text
    .split(":")
    .filter(Boolean)
    .flatMap((group) => {
      if (group.includes(".")) return group.split(".").map(Number);
      const number = Number.parseInt(group, 16);
      return [number >> 8, number & 0xff];
    });
}
