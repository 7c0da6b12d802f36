import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { peeredPair, probe, serve, stopServers, TestNetwork } from "./network-kit.ts";

const LIFE = join(import.meta.dirname, "network-child.ts");
const KILLS = 12;
const STEP_MS = 150;

afterEach(stopServers);

test(`after kill -9 at ${KILLS} instants of two VPCs' life, they are built whole and removed whole`, async () => {
  const network = new TestNetwork({ publicPool: "203.0.113.0/24" });
  try {
    for (let kill = 0; kill < KILLS; kill++) {
      const life = spawn(process.execPath, [LIFE, network.instance, network.folder], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      await once(life.stdout, "data");
      await new Promise((resolve) => setTimeout(resolve, kill * STEP_MS));
      life.kill("SIGKILL");
      await once(life, "exit");

      await network.restart();
      const { specs, interfaces, remote } = peeredPair(network.backend.ipv6Pool());
      const [first, second] = specs;
      const [web, , gateway] = interfaces;
      await network.backend.applyVpc({ ...first, interfaces: [web] });
      await network.backend.applyVpc(second);
      const paths = [];
      for (const each of interfaces) paths.push((await network.backend.attach(first.vpcId, each)).networkNamespace);
      const peer = (await network.backend.attach(second.vpcId, remote)).networkNamespace;
      const server = await serve(paths[0], "serve-tcp", "80", "::");
      expect(await probe(paths[1], "tcp", web.privateIp, "80")).toBe(interfaces[1].privateIp);
      expect(await probe(paths[1], "tcp", web.ipv6Address!, "80")).toBe(interfaces[1].ipv6Address);
      expect(await probe(undefined, "tcp", web.publicIp!, "80")).toMatch(/^198\.18\./);
      expect(await probe(paths[1], "tcp", web.publicIp!, "80")).toBe(gateway.publicIp); // by way of the NAT gateway
      expect(await probe(peer, "tcp", web.privateIp, "80")).toBe(remote.privateIp);
      expect(await probe(paths[1], "dns", "172.31.0.2", web.privateDnsName, "A")).toBe(web.privateIp);
      server.kill("SIGKILL");
      await once(server, "exit");
      await network.backend.removeAll();
      expect(await network.traces(), `killed after ${kill * STEP_MS} ms`).toEqual([]);
    }
  } finally {
    await network.remove();
  }
}, 300_000);
