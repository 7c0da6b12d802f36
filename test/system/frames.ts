import { isIPv4 } from "node:net";

/*
 * Frames byte by byte, as no well-meaning system sends them.
 */

/** The MAC address of every port of a VPC's router. */
export const ROUTER = "02:6e:67:00:00:01";
export const BROADCAST = "ff:ff:ff:ff:ff:ff";

export const ICMP = 1;
export const UDP = 17;
export const ICMPV6 = 58;

/** What an IPv4 packet has beside its addresses. */
interface Ipv4More {
  /** In bytes, a multiple of 8. */
  fragmentOffset?: number;
  moreFragments?: boolean;
  id?: number;
  /** A multiple of 4 bytes. */
  options?: Buffer;
}

export function frame(source: string, destination: string, payload: Buffer, etherType?: number): string {
  const type = etherType ?? (payload[0]! >> 4 === 4 ? 0x0800 : 0x86dd);
  return Buffer.concat([mac(destination), mac(source), u16(type), payload]).toString("hex");
}

/** An IP packet of the addresses' family. */
export function packet(
  source: string,
  destination: string,
  protocol: number,
  payload: Buffer,
  more: Ipv4More = {},
): Buffer {
  if (!isIPv4(source)) {
    const header = Buffer.concat([Buffer.from([0x60, 0, 0, 0]), u16(payload.length), Buffer.from([protocol, 255])]);
    return Buffer.concat([header, address(source), address(destination), payload]);
  }
  const { fragmentOffset = 0, moreFragments = false, id = 1, options = Buffer.alloc(0) } = more;
  const length = 20 + options.length;
  const start = [
    Buffer.from([0x40 | (length / 4), 0]),
    u16(length + payload.length),
    u16(id),
    u16((moreFragments ? 0x2000 : 0) | (fragmentOffset / 8)),
    Buffer.from([64, protocol]),
  ];
  const header = Buffer.concat([...start, u16(0), address(source), address(destination), options]);
  header.writeUInt16BE(checksum(header), 10);
  return Buffer.concat([header, payload]);
}

/** A UDP datagram as an IP packet. */
export function udp(source: string, sourcePort: number, destination: string, port: number, text: string): Buffer {
  return packet(source, destination, UDP, datagram(source, sourcePort, destination, port, text));
}

/** A UDP datagram without the IP header around it. */
export function datagram(source: string, sourcePort: number, destination: string, port: number, text: string): Buffer {
  const data = Buffer.concat([u16(sourcePort), u16(port), u16(8 + text.length), u16(0), Buffer.from(text)]);
  data.writeUInt16BE(checksum(pseudoHeader(source, destination, UDP, data)) || 0xffff, 6);
  return data;
}

/** An ICMP message of the addresses' family as an IP packet. */
export function icmp(source: string, destination: string, type: number, code: number, rest: Buffer): Buffer {
  const data = Buffer.concat([Buffer.from([type, code]), u16(0), rest]);
  const isVersion4 = isIPv4(source);
  data.writeUInt16BE(checksum(isVersion4 ? data : pseudoHeader(source, destination, ICMPV6, data)), 2);
  return packet(source, destination, isVersion4 ? ICMP : ICMPV6, data);
}

/** An ARP packet that says who has an address: a question, or an answer. */
export function arp(senderMac: string, sender: string, targetMac: string, target: string, isAnswer: boolean): Buffer {
  const start = Buffer.from([0, 1, 8, 0, 6, 4, 0, isAnswer ? 2 : 1]);
  return Buffer.concat([start, mac(senderMac), address(sender), mac(targetMac), address(target)]);
}

function pseudoHeader(source: string, destination: string, protocol: number, data: Buffer): Buffer {
  return Buffer.concat([address(source), address(destination), u16(0), u16(protocol), u16(0), u16(data.length), data]);
}

function checksum(data: Buffer): number {
  const even = data.length % 2 ? Buffer.concat([data, Buffer.alloc(1)]) : data;
  let total = 0;
  for (let i = 0; i < even.length; i += 2) total += even.readUInt16BE(i);
  while (total > 0xffff) total = (total >>> 16) + (total & 0xffff);
  return ~total & 0xffff;
}

function address(text: string): Buffer {
  if (isIPv4(text)) return Buffer.from(text.split(".").map(Number));
  const [before = "", after] = text.split("::");
  const groups = (part: string | undefined) => (part ? part.split(":") : []);
  const zeros = Array.from({ length: 8 - groups(before).length - groups(after).length }, () => "0");
  const all = after === undefined ? groups(before) : [...groups(before), ...zeros, ...groups(after)];
  return Buffer.concat(all.map((group) => u16(Number.parseInt(group, 16))));
}

function mac(text: string): Buffer {
  return Buffer.from(text.replaceAll(":", ""), "hex");
}

function u16(value: number): Buffer {
  return Buffer.from([value >> 8, value & 0xff]);
}
