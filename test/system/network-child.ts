// A program for network-crash.test.ts: makes and removes VPCs with interfaces, again and again, until it is killed.
import { silentLogger } from "../../src/base/log.ts";
import { LinuxNetwork } from "../../src/network/linux/backend.ts";
import { peeredPair } from "./network-kit.ts";

const [instance = "", folder = ""] = process.argv.slice(2);
const backend = new LinuxNetwork({
  instance,
  dataFolder: `${folder}/data`,
  runFolder: `${folder}/run`,
  publicPool: "203.0.113.0/24",
  dnsUpstreams: [],
  log: silentLogger,
});
await backend.start();
const { specs, interfaces } = peeredPair(backend.ipv6Pool());
const [first, second] = specs;

console.log("ready");
for (;;) {
  await backend.start();
  for (const spec of specs) await backend.applyVpc(spec);
  for (const each of interfaces) await backend.attach(first.vpcId, each);
  await backend.applyGroups(first.vpcId, first.securityGroups);
  await backend.applyTopology({
    ...first,
    peerings: [],
    routeTables: first.routeTables.map((table) => ({ ...table, routes: [] })),
  });
  for (const each of interfaces) await backend.detach(first.vpcId, each.interfaceId);
  await backend.removeVpc(second.vpcId);
  await backend.removeVpc(first.vpcId);
}
