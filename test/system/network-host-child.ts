// A program for network-host.test.ts: an engine's network on whatever host it is started on; tells what it found.
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Logger } from "../../src/base/log.ts";
import { silentLogger } from "../../src/base/log.ts";
import { LinuxNetwork } from "../../src/network/linux/backend.ts";
import { group, networkInterface, probe, serve, stopServers, tcp, VPC, vpcSpec } from "./network-kit.ts";

const [steps = "", instance = randomBytes(3).toString("hex"), folder = mkdtempSync(join(tmpdir(), "ng-host-"))] =
  process.argv.slice(2);
const logged: unknown[] = [];
const log = { ...silentLogger, warn: () => {}, info: (fields: unknown) => logged.push(fields) } as unknown as Logger;
const backend = new LinuxNetwork({
  instance,
  dataFolder: join(folder, "data"),
  runFolder: join(folder, "run"),
  publicPool: undefined,
  dnsUpstreams: [],
  log,
});
const web = group(1, tcp(80));
const message = (cause: unknown) => (cause as Error).message;

async function withoutIpv6(): Promise<object> {
  const poolError = await Promise.resolve()
    .then(() => backend.ipv6Pool())
    .catch(message);
  await backend.applyVpc(vpcSpec({ securityGroups: [web] }));
  const [a, b] = [networkInterface(5, [web]), networkInterface(6, [web])];
  const { networkNamespace } = await backend.attach(VPC, a);
  const from = (await backend.attach(VPC, b)).networkNamespace;
  await serve(networkNamespace, "serve-tcp", "80");
  const answer = await probe(from, "tcp", a.privateIp, "80");
  const error = await backend
    .applyVpc(
      vpcSpec({
        securityGroups: [web],
        ipv6CidrBlocks: ["fd12:3456:7800::/56"],
        interfaces: [{ ...a, ipv6Address: "fd12:3456:7800::5" }, b],
      }),
    )
    .then(() => "none", message);
  return { poolError, answer, error, dualAnswer: await probe(from, "tcp", a.privateIp, "80") };
}

async function forwarding(): Promise<object> {
  const read = (name: string) => readFileSync(`/proc/sys/net/${name}`, "utf8").trim();
  const state = () => ({
    ipv4: read("ipv4/ip_forward"),
    ipv6: read("ipv6/conf/all/forwarding"),
    acceptRa: read("ipv6/conf/lan0/accept_ra"),
    others: read("ipv6/conf/lan1/accept_ra"),
  });
  const started = state();
  await backend.applyVpc(vpcSpec());
  const ipv4 = state();
  await backend.applyVpc(vpcSpec({ ipv6CidrBlocks: [backend.ipv6Pool().replace(/00::\/40$/, "01::/56")] }));
  return { started, ipv4, ipv6: state(), logged };
}

async function flows(): Promise<never> {
  const open = group(4, { protocol: "udp", peer: { cidr: "0.0.0.0/0" } });
  const interfaces = [networkInterface(5, [group(2)]), networkInterface(6, [open])];
  await backend.applyVpc(vpcSpec({ captureFlows: true, securityGroups: [group(2), open], interfaces }));
  console.log(JSON.stringify(interfaces));
  await new Promise((resolve) => setTimeout(resolve, 60_000));
  process.exit(1); // it is to be killed
}

await backend.start();
if (steps === "flows") await flows();
const found = steps === "no-ipv6" ? await withoutIpv6() : await forwarding();
stopServers();
await backend.removeAll();
rmSync(folder, { recursive: true });
console.log(JSON.stringify(found));
