import { expect, test } from "vitest";
import { checkPool, type HostFacts } from "./lan.ts";

const HOST: HostFacts = {
  addresses: ["192.168.1.10", "fe80::1"],
  routes: [
    { dst: "default", gateway: "192.168.1.1", dev: "eth0" },
    { dst: "192.168.1.0/24", dev: "eth0", protocol: "kernel" },
    { dst: "10.8.0.0/16", gateway: "192.168.1.3", dev: "eth0" },
    { dst: "172.31.0.0/16", type: "unreachable", metric: 0x4e_aa_bb_cc },
  ],
  nameServers: ["192.168.1.53"],
  claimed: ["198.19.4.0/22", "fd12:3456:7800::/40"],
};

test.each([
  ["192.168.1.64/28", { device: "eth0", pool: "192.168.1.64/28" }],
  ["203.0.113.0/24", undefined],
  ["198.19.8.0/22", undefined],
])("%s can be used", (pool, expected) => {
  expect(checkPool(pool, HOST)).toEqual(expected);
});

test.each([
  ["127.1.0.0/24", "127.0.0.0/8 are loopback addresses"],
  ["169.254.7.0/24", "169.254.0.0/16 are link-local addresses"],
  ["224.0.0.0/24", "224.0.0.0/4 are multicast addresses"],
  ["250.0.0.0/24", "240.0.0.0/4 are reserved addresses"],
  ["198.18.0.0/22", "198.18.0.0/16 are addresses of Neargate's own links"],
  ["192.168.1.8/29", "192.168.1.10 is an address of this host"],
  ["192.168.1.0/29", "192.168.1.1 is a gateway of this host"],
  ["192.168.1.48/28", "192.168.1.53 is a name server of this host"],
  ["10.8.1.0/24", "this host has a route to 10.8.0.0/16"],
  ["172.31.0.0/24", "another engine on this host has 172.31.0.0/16"],
  ["198.19.4.0/24", "another engine on this host has 198.19.4.0/22"],
])("%s is refused: %s", (pool, reason) => {
  expect(() => checkPool(pool, HOST)).toThrow(`the public pool ${pool} cannot be used: ${reason}`);
});

test("more than the network that the host is connected to is refused", () => {
  const alone: HostFacts = { ...HOST, addresses: [], nameServers: [], routes: [HOST.routes[1]!] };
  expect(() => checkPool("192.168.0.0/23", alone)).toThrow("this host has a route to 192.168.1.0/24");
});
