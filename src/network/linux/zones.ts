import { isIPv4, isIPv6 } from "node:net";
import type { ZoneRecord, ZoneSpec } from "../backend.ts";

/** What a VPC's resolver knows of an interface. Several may have one name: an IPv4 and an IPv6 address. */
export interface NameRecord {
  /** `ip-10-0-0-5.ec2.internal`, without the final dot. */
  name: string;
  /** Of either family. */
  address: string;
  /** Whether the address leads back to the name. */
  reverse: boolean;
}

/** All values that a name has of one type, and how many of them one answer tells. */
export interface RecordSet {
  /** In small letters, without the final dot, as all names here. */
  name: string;
  type: ZoneRecord["type"];
  ttlSeconds: number;
  values: string[];
  /** An answer has so many of the values, by chance. */
  pick: number;
}

export interface ZoneStart {
  name: string;
  negativeTtlSeconds: number;
}

/** The zones of a VPC, laid over one another: of a zone and a zone inside it, the inner one answers. */
export interface ZoneTable {
  zones: ZoneStart[];
  sets: RecordSet[];
  /** Names with a set that unbound cannot answer by itself: one that tells a part of its values, or an alias. */
  dynamic: string[];
  /** Names of zones and records that DNS cannot have; they are left out, since unbound would not start with them. */
  unusable: string[];
}

/** As on AWS, of an interface's names. */
const NAME_TTL_SECONDS = 60;
/** What AWS Cloud Map gives a zone. */
const NEGATIVE_TTL_SECONDS = 15;
/** https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-policy-multivalue.html */
const MULTIVALUE_LIMIT = 8;

/** The zones of interfaces' names, and of private addresses: what has no name there is asked of nobody. RFC 6303. */
const OWN_ZONES = [
  "ec2.internal",
  "compute.internal",
  "10.in-addr.arpa",
  ...Array.from({ length: 16 }, (_, n) => `${16 + n}.172.in-addr.arpa`),
  "168.192.in-addr.arpa",
  "d.f.ip6.arpa",
];

/** Lays zones over one another, and over those that every VPC has. */
export function zoneTable(specs: readonly ZoneSpec[]): ZoneTable {
  const zones = new Map<string, ZoneStart>();
  for (const name of OWN_ZONES) zones.set(name, { name, negativeTtlSeconds: NAME_TTL_SECONDS });
  const usable = specs.filter(({ name }) => isName(name));
  for (const spec of usable) {
    const name = spec.name.toLowerCase();
    zones.set(name, { name, negativeTtlSeconds: spec.negativeTtlSeconds ?? NEGATIVE_TTL_SECONDS });
  }
  const sets = usable.flatMap((spec) =>
    spec.records
      .filter((record) => record.values.length && zoneOf(record.name, zones) === spec.name.toLowerCase())
      .filter(isUsable)
      .map(recordSet),
  );
  const dynamic = new Set(sets.filter((set) => set.type === "CNAME" || set.pick < set.values.length).map(nameOf));
  const unusable = [
    ...specs.filter((spec) => !usable.includes(spec)),
    ...usable.flatMap(({ records }) => records).filter((record) => !isUsable(record)),
  ].map(({ name }) => name);
  return { zones: [...zones.values()], sets, dynamic: [...dynamic].toSorted(), unusable };
}

function isUsable({ name, type, values }: ZoneRecord): boolean {
  return isName(name) && values.every(VALUES[type]);
}

const VALUES: Record<ZoneRecord["type"], (value: string) => boolean> = {
  A: isIPv4,
  AAAA: isIPv6,
  SRV: (value) => /^\d{1,5} \d{1,5} \d{1,5} \S+$/.test(value) && isName(value.split(" ")[3]!),
  CNAME: isName,
};

/** Whether it is a name of DNS, with the characters that instances of AWS Cloud Map can have. */
function isName(name: string): boolean {
  return name.length <= 253 && name.split(".").every((label) => /^[\w/:@-]{1,63}$/.test(label));
}

function recordSet({ name, type, ttlSeconds, values, routing }: ZoneRecord): RecordSet {
  const limit = routing === "WEIGHTED" || type === "CNAME" ? 1 : MULTIVALUE_LIMIT;
  const canonical = type === "AAAA" ? values.map(canonicalIpv6) : values.map((value) => value.toLowerCase());
  const unique = [...new Set(canonical)];
  return { name: name.toLowerCase(), type, ttlSeconds, values: unique, pick: Math.min(limit, unique.length) };
}

/** The innermost of the zones that a name is in. */
export function zoneOf(name: string, zones: { has(name: string): boolean }): string | undefined {
  return [name.toLowerCase(), ...ancestors(name)].find((each) => zones.has(each));
}

/** The names above a name, the nearest first. */
export function ancestors(name: string): string[] {
  const labels = name.toLowerCase().split(".");
  return labels.slice(1).map((_, at) => labels.slice(at + 1).join("."));
}

/** An interface's address as a set of records. */
export function addressSet({ name, address }: NameRecord): RecordSet {
  const [type, value] = isIPv6(address) ? (["AAAA", canonicalIpv6(address)] as const) : (["A", address] as const);
  return { name: name.toLowerCase(), type, ttlSeconds: NAME_TTL_SECONDS, values: [value], pick: 1 };
}

/** An interface's name as lines of a zone file. */
export function nameLines(record: NameRecord): string[] {
  const forward = setLines(addressSet(record));
  if (!record.reverse) return forward;
  return [...forward, `${reverseName(record.address)}. ${NAME_TTL_SECONDS} IN PTR ${record.name.toLowerCase()}.`];
}

/** A set as lines of a zone file. */
export function setLines({ name, type, ttlSeconds, values }: RecordSet): string[] {
  const end = type === "SRV" || type === "CNAME" ? "." : "";
  return values.map((value) => `${name}. ${ttlSeconds} IN ${type} ${value}${end}`);
}

/** A zone's start, as Route 53 writes it; the time to live is that of negative answers. */
export function startLine({ name, negativeTtlSeconds }: ZoneStart): string {
  return `${name}. ${negativeTtlSeconds} IN SOA ${START_SERVER}. ${START_MAILBOX}. ${START_NUMBERS.join(" ")} ${negativeTtlSeconds}`;
}

/** https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/SOA-NSrecords.html */
export const START_SERVER = "ns-1536.awsdns-00.co.uk";
export const START_MAILBOX = "awsdns-hostmaster.amazon.com";
/** Serial, refresh, retry, expire. */
export const START_NUMBERS: readonly number[] = [1, 7200, 900, 1_209_600];

/** `5.0.0.10.in-addr.arpa`, `1.0.…8.b.d.0.1.0.0.2.ip6.arpa` */
export function reverseName(address: string): string {
  if (!isIPv6(address)) return `${address.split(".").toReversed().join(".")}.in-addr.arpa`;
  const digits = ipv6Groups(address).map((group) => group.toString(16).padStart(4, "0"));
  return `${[...digits.join("")].toReversed().join(".")}.ip6.arpa`;
}

/** The eight groups of an IPv6 address. */
export function ipv6Groups(address: string): number[] {
  const [head = "", tail] = canonicalIpv6(address).split("::");
  const groups = (text: string) => (text ? text.split(":").map((group) => Number.parseInt(group, 16)) : []);
  if (tail === undefined) return groups(head);
  const [before, after] = [groups(head), groups(tail)];
  return [...before, ...Array.from({ length: 8 - before.length - after.length }, () => 0), ...after];
}

/** The one form, RFC 5952, that URLs have too. */
function canonicalIpv6(address: string): string {
  return new URL(`http://[${address}]`).hostname.slice(1, -1);
}

function nameOf({ name }: RecordSet): string {
  return name;
}
