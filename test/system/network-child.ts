// A program for network-crash.test.ts: makes and removes a VPC with interfaces, again and again, until it is killed.
import { silentLogger } from "../../src/base/log.ts";
import { LinuxNetwork } from "../../src/network/linux/backend.ts";
import { group, networkInterface, tcp, VPC } from "./network-kit.ts";

const [instance = "", folder = ""] = process.argv.slice(2);
const backend = new LinuxNetwork({
  instance,
  dataFolder: `${folder}/data`,
  runFolder: `${folder}/run`,
  publicPool: "203.0.113.0/24",
  dnsUpstreams: [],
  log: silentLogger,
});
const web = group(1, tcp(80));
const interfaces = [networkInterface(5, [web], "203.0.113.1"), networkInterface(6, [web, group(2)])];

console.log("ready");
for (;;) {
  await backend.start();
  await backend.applyVpc({ vpcId: VPC, cidrBlocks: ["172.31.0.0/16"], securityGroups: [web], interfaces: [] });
  for (const each of interfaces) await backend.attach(VPC, each);
  await backend.applyGroups(VPC, [web]);
  for (const each of interfaces) await backend.detach(VPC, each.interfaceId);
  await backend.removeVpc(VPC);
}
