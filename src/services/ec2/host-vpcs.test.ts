import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { systemClock } from "../../base/clock.ts";
import { randomIds } from "../../base/ids.ts";
import { silentLogger } from "../../base/log.ts";
import type { NetworkBackend } from "../../network/backend.ts";
import { SimulatedNetwork } from "../../network/simulated.ts";
import { sqliteDialect } from "../../store/sqlite.ts";
import { Store } from "../../store/store.ts";
import type { RequestContext } from "../../wire/context.ts";
import { Background } from "./background.ts";
import { Ec2 } from "./ec2.ts";
import { HostVpcs } from "./host-vpcs.ts";
import { authorizeSecurityGroupIngress } from "./operations/authorize-security-group-ingress.ts";
import { createSecurityGroup } from "./operations/create-security-group.ts";
import { createSubnet } from "./operations/create-subnet.ts";
import { describeSubnets } from "./operations/describe-subnets.ts";
import { taskNetworking } from "./task-networking.ts";

const scope = { account: "111122223333", region: "eu-central-1" };
const context = { scope } as RequestContext;
/** Nothing is waited for. */
const clock = { ...systemClock, sleep: () => Promise.resolve() };

let store: Store;
let network: NetworkBackend;
let ec2: Ec2;
beforeEach(async () => {
  store = new Store(sqliteDialect(":memory:"), silentLogger);
  network = new SimulatedNetwork("198.51.100.0/29");
  ec2 = new Ec2({ store, network, clock, ids: randomIds, log: silentLogger });
  await store.open();
  await ec2.start();
});
afterEach(async () => {
  await ec2.stop();
  await store.close();
});

async function runningTask(securityGroupIds: string[] = []) {
  const { Subnets } = await describeSubnets(ec2)({}, context);
  const request = { subnetId: Subnets![0]!.SubnetId!, assignPublicIp: "DISABLED" as const, description: "d" };
  const networking = taskNetworking(ec2);
  const reserved = await networking.reserveInterface(scope, { ...request, securityGroupIds });
  await networking.attachInterface(scope, reserved.interfaceId);
  return reserved;
}

test("a change that the host refuses is a change all the same, and is brought to the host later", async () => {
  const { GroupId } = await createSecurityGroup(ec2)({ GroupName: "web", Description: "d" }, context);
  const { vpcId } = await runningTask([GroupId!]);
  const groups = vi.spyOn(network, "applyGroups").mockRejectedValueOnce(new Error("the host is busy"));
  const IpPermissions = [{ IpProtocol: "tcp", FromPort: 80, ToPort: 80, IpRanges: [{ CidrIp: "0.0.0.0/0" }] }];
  const { Return } = await authorizeSecurityGroupIngress(ec2)({ GroupId, IpPermissions }, context);
  expect(Return).toBe(true);
  await expect.poll(() => groups.mock.calls.length).toBe(2);
  expect(groups.mock.lastCall![1]).toMatchObject([{ ingress: [{ fromPort: 80, peer: { cidr: "0.0.0.0/0" } }] }]);

  const topology = vi.spyOn(network, "applyTopology").mockRejectedValueOnce(new Error("the host is busy"));
  const { Subnet } = await createSubnet(ec2)({ VpcId: vpcId, CidrBlock: "172.31.240.0/24" }, context);
  await expect.poll(() => topology.mock.calls.length).toBe(2);
  expect(topology.mock.lastCall![0].subnets.map((each) => each.subnetId)).toContain(Subnet!.SubnetId);
});

test("a task's interface comes and goes without reading whole collections or publishing the VPC's topology", async () => {
  const { subnetId } = await runningTask(); // the VPC is on the host from now on
  const { GroupId } = await createSecurityGroup(ec2)({ GroupName: "web", Description: "d" }, context);
  const lists = Object.values(ec2.records).flatMap((each) => [vi.spyOn(each, "list"), vi.spyOn(each, "listAll")]);
  const topology = vi.spyOn(network, "applyTopology");
  const networking = taskNetworking(ec2);
  const request = { subnetId, securityGroupIds: [GroupId!], assignPublicIp: "ENABLED" as const, description: "d" };
  const { interfaceId } = await networking.reserveInterface(scope, request);
  await networking.attachInterface(scope, interfaceId);
  await networking.releaseInterface(scope, interfaceId);
  for (const list of [...lists, topology]) expect(list).not.toHaveBeenCalled();
});

test("a VPC leaves the host a minute after the last of its interfaces, whenever others went", async () => {
  vi.useFakeTimers();
  try {
    const remove = vi.fn(async () => {});
    const vpcs = new HostVpcs({
      clock: systemClock,
      log: silentLogger,
      background: new Background(systemClock, silentLogger),
      apply: async () => {},
      remove,
      isUsed: async () => false,
    });
    await vpcs.ensure("scope", "vpc-1");
    vpcs.collect("scope", "vpc-1");
    await vi.advanceTimersByTimeAsync(40_000);
    vpcs.collect("scope", "vpc-1");
    await vi.advanceTimersByTimeAsync(40_000);
    expect(remove).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(20_000);
    expect(remove).toHaveBeenCalledExactlyOnceWith("vpc-1");
    expect(vpcs.has("vpc-1")).toBe(false);
  } finally {
    vi.useRealTimers();
  }
});
