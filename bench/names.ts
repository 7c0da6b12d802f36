/**
 * How many questions per second a VPC's resolver answers, beside an unbound with the same names that was configured by
 * hand, turn by turn in one run; and the memory of both.
 *
 *     node bench/names.ts [rounds] [seconds for each]
 */
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../src/base/command.ts";
import type { ZoneRecord } from "../src/network/backend.ts";
import type { NameRecord } from "../src/network/linux/resolver.ts";
import { until } from "../test/support/engine.ts";
import { SERVER, TestNames, UPSTREAM } from "../test/system/names-kit.ts";
import { percentiles, table } from "./report.ts";

const ROUNDS = Number(process.argv[2] ?? 10);
const SECONDS = Number(process.argv[3] ?? 5);
const NAMES = 1000;
const PLAIN = "10.7.0.3";

const numbers = Array.from({ length: NAMES }, (_, n) => n);
const address = (n: number) => `10.8.${n >> 8}.${n & 255}`;
const interfaces: NameRecord[] = numbers.map((n) => ({
  name: `ip-${address(n).replaceAll(".", "-")}.ec2.internal`,
  address: address(n),
  reverse: true,
}));
const record = (name: string, count: number, routing: ZoneRecord["routing"]): ZoneRecord => ({
  name,
  type: "A",
  ttlSeconds: 10,
  values: numbers.slice(0, count).map(address),
  routing,
});
const services = numbers.map((n) => record(`service-${n}.z.example`, 1 + (n % 8), "MULTIVALUE"));
const weighted = numbers.map((n) => record(`weighted-${n}.z.example`, 3, "WEIGHTED"));

/** What is asked, by what it is. The last is nothing that a plain unbound could be configured for. */
const questions = {
  "name of a task": interfaces.map(({ name }) => name),
  "name of a service, up to 8 values": services.map(({ name }) => name),
  "private name that nobody has": numbers.map((n) => `nobody-${n}.ec2.internal`),
  "name outside, remembered": numbers.map((n) => `outside-${n}.elsewhere.test`),
  "WEIGHTED name": weighted.map(({ name }) => name),
};

const names = new TestNames();

function plainConfig(folder: string): string {
  const zones = ["ec2.internal", "z.example"].map((name) => `  local-zone: "${name}." static`);
  const data = [
    ...interfaces.map((each) => `  local-data: "${each.name}. 60 IN A ${each.address}"`),
    ...services.flatMap(({ name, values }) => values.map((value) => `  local-data: "${name}. 10 IN A ${value}"`)),
  ];
  return [
    "server:",
    `  interface: ${PLAIN}`,
    "  access-control: 0.0.0.0/0 allow",
    '  chroot: ""',
    '  pidfile: ""',
    '  username: ""',
    `  directory: "${folder}"`,
    "  use-syslog: no",
    '  module-config: "iterator"',
    '  local-zone: "test." nodefault',
    ...zones,
    ...data,
    "forward-zone:",
    '  name: "."',
    `  forward-addr: ${UPSTREAM}`,
    "",
  ].join("\n");
}

function inside(program: string, ...args: string[]): [string, string[]] {
  return ["nsenter", [`--net=/run/netns/${names.namespace}`, program, ...args]];
}

/** Questions per second that a server answers. */
async function measure(server: string, file: string): Promise<number> {
  const load = ["-s", server, "-d", file, "-l", String(SECONDS), "-c", "4", "-q", "100", "-t", "1"];
  const { stdout } = await run(...inside("dnsperf", ...load));
  const lost = Number(/Queries lost:\s+(\d+)/.exec(stdout)![1]);
  if (lost) process.stderr.write(`\n${server} lost ${lost}\n`);
  return Number(/Queries per second:\s+([\d.]+)/.exec(stdout)![1]);
}

function residentMiB(pid: number): string {
  const [, kib] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))!;
  return `${(Number(kib) / 1024).toFixed(1)} MiB`;
}

const folder = join(names.folder, "..", "plain");
mkdirSync(folder);
writeFileSync(join(folder, "unbound.conf"), plainConfig(folder));
await names.start();
await names.serve();
await run("ip", ["-n", names.namespace, "addr", "add", PLAIN, "dev", "lo"]);
const plain = spawn(...inside("unbound", "-d", "-c", join(folder, "unbound.conf")), { stdio: "ignore" });
try {
  await names.resolver.ensure(interfaces, [{ name: "z.example", records: services }]);
  const without = residentMiB(names.pid("unbound"));
  await names.resolver.setZones([{ name: "z.example", records: [...services, ...weighted] }]);
  await until(async () => (await names.values(interfaces[0]!.name, "A", { server: PLAIN })) === interfaces[0]!.address);
  const rows = [["questions per second", "Neargate", "plain unbound", "ratio"]];
  for (const [what, asked] of Object.entries(questions)) {
    const file = join(folder, "questions");
    writeFileSync(file, asked.map((name) => `${name} A\n`).join(""));
    const ours: number[] = [];
    const theirs: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      ours.push(await measure(SERVER, file));
      if (!what.startsWith("WEIGHTED")) theirs.push(await measure(PLAIN, file));
      process.stderr.write(`\r${what}: ${round + 1}/${ROUNDS} `);
    }
    const [mine, other] = [percentiles(ours).p50, percentiles(theirs).p50];
    rows.push([what, mine.toFixed(0), ...(theirs.length ? [other.toFixed(0), (mine / other).toFixed(2)] : ["", ""])]);
  }
  console.log(`\n${table(rows)}\n`);
  console.log(`Resident: unbound ${without} without load, ${residentMiB(names.pid("unbound"))} after it,`);
  console.log(
    `the zone server ${residentMiB(names.pid("zone-server"))}; the plain unbound ${residentMiB(plain.pid!)}.`,
  );
} finally {
  plain.kill();
  await names.remove();
}
