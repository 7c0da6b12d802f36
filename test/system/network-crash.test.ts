import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { group, networkInterface, probe, serve, stopServers, tcp, TestNetwork, VPC } from "./network-kit.ts";

const LIFE = join(import.meta.dirname, "network-child.ts");
const KILLS = 20;

afterEach(stopServers);

test(`after kill -9 at ${KILLS} instants of a VPC's life, it is built whole and removed whole`, async () => {
  const network = new TestNetwork({ publicPool: "203.0.113.0/24" });
  const web = group(1, tcp(80));
  const interfaces = [networkInterface(5, [web], "203.0.113.1"), networkInterface(6, [web])];
  try {
    for (let kill = 0; kill < KILLS; kill++) {
      const life = spawn(process.execPath, [LIFE, network.instance, network.folder], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      await once(life.stdout, "data");
      await new Promise((resolve) => setTimeout(resolve, kill * 30));
      life.kill("SIGKILL");
      await once(life, "exit");

      await network.restart();
      const spec = { vpcId: VPC, cidrBlocks: ["172.31.0.0/16"], securityGroups: [web], interfaces: [interfaces[0]!] };
      await network.backend.applyVpc(spec);
      const paths = [];
      for (const each of interfaces) paths.push((await network.backend.attach(VPC, each)).networkNamespace);
      const server = await serve(paths[0], "serve-tcp", "80");
      expect(await probe(paths[1], "tcp", interfaces[0]!.privateIp, "80")).toBe(interfaces[1]!.privateIp);
      expect(await probe(undefined, "tcp", "203.0.113.1", "80")).toMatch(/^198\.18\./);
      expect(await probe(paths[1], "dns", "172.31.0.2", interfaces[0]!.privateDnsName, "A")).toBe(
        interfaces[0]!.privateIp,
      );
      server.kill("SIGKILL");
      await once(server, "exit");
      await network.backend.removeAll();
      expect(await network.traces(), `killed after ${kill * 30} ms`).toEqual([]);
    }
  } finally {
    await network.remove();
  }
});
