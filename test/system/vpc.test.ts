import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { CreateLogGroupCommand, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import {
  AssociateRouteTableCommand,
  AttachInternetGatewayCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateInternetGatewayCommand,
  CreateNetworkAclEntryCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DeleteRouteCommand,
  DescribeFlowLogsCommand,
  DescribeNatGatewaysCommand,
  DescribeSecurityGroupsCommand,
  DescribeVpcEndpointsCommand,
  ModifyVpcEndpointCommand,
  ReplaceRouteCommand,
  RevokeSecurityGroupIngressCommand,
  type CreateRouteRequest,
  type IpPermission,
} from "@aws-sdk/client-ec2";
import { RunTaskCommand, type Task } from "@aws-sdk/client-ecs";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { TestEngine, until } from "../support/engine.ts";
import { CLUSTER, Fargate } from "../support/fargate.ts";
import { openStream, pings, probe, serve, stopServers } from "./network-kit.ts";
import { iamClient, makeRole } from "../support/roles.ts";
import { traces } from "../support/leaks.ts";

/*
 * VPCs as people make them, with the AWS CLI, and real packets between real tasks:
 * `one` and `two` have the same range; `three` is peered with `one`. The many small changes are made with the SDK: the
 * CLI needs most of a second to start.
 */

const exec = promisify(execFile);
const TCP = "8080";
let engine: TestEngine;
let fargate: Fargate;
let instance: string;
let taskDefinition: string;

interface TestVpc {
  vpcId: string;
  subnetId: string;
  routeTableId: string;
  groupId: string;
  internetGatewayId: string;
}
interface TestTask {
  task: Task;
  privateIp: string;
  publicIp?: string;
  /** Path of its network namespace. */
  namespace: string;
}

const vpcs = {} as Record<"one" | "two" | "three", TestVpc>;
/** Two tasks of `one`, one each of the others. */
const tasks = {} as Record<"a" | "b" | "two" | "three", TestTask>;
let peering: string;

/** `aws ec2` with this line; JSON in it is without spaces. */
async function ec2<T = Record<string, never>>(line: string): Promise<T> {
  const text = await engine.aws("ec2", ...line.split(" "), "--output", "json");
  return (text ? JSON.parse(text) : {}) as T;
}

/** A VPC as a person makes it, with the AWS CLI. */
async function createVpc(cidr: string, subnetCidr: string): Promise<TestVpc> {
  const { Vpc } = await ec2<{ Vpc: { VpcId: string } }>(`create-vpc --cidr-block ${cidr}`);
  const inVpc = `--vpc-id ${Vpc.VpcId}`;
  const { Subnet } = await ec2<{ Subnet: { SubnetId: string } }>(`create-subnet ${inVpc} --cidr-block ${subnetCidr}`);
  const { InternetGateway } = await ec2<{ InternetGateway: { InternetGatewayId: string } }>("create-internet-gateway");
  const gateway = InternetGateway.InternetGatewayId;
  await ec2(`attach-internet-gateway ${inVpc} --internet-gateway-id ${gateway}`);
  const { RouteTable } = await ec2<{ RouteTable: { RouteTableId: string } }>(`create-route-table ${inVpc}`);
  const routeTableId = RouteTable.RouteTableId;
  await ec2(`associate-route-table --route-table-id ${routeTableId} --subnet-id ${Subnet.SubnetId}`);
  await ec2(`create-route --route-table-id ${routeTableId} ${route("0.0.0.0/0")} --gateway-id ${gateway}`);
  const { GroupId } = await ec2<{ GroupId: string }>(
    `create-security-group ${inVpc} --group-name tasks --description tasks`,
  );
  return {
    vpcId: Vpc.VpcId,
    subnetId: Subnet.SubnetId,
    routeTableId,
    groupId: GroupId,
    internetGatewayId: gateway,
  };
}

/** Another like it, with the SDK. */
async function createSimilarVpc(CidrBlock: string, subnetCidr: string): Promise<TestVpc> {
  const { ec2: sdk } = fargate.clients;
  const { Vpc } = await sdk.send(new CreateVpcCommand({ CidrBlock }));
  const VpcId = Vpc!.VpcId!;
  const [{ Subnet }, { InternetGateway }, { RouteTable }, { GroupId }] = await Promise.all([
    sdk.send(new CreateSubnetCommand({ VpcId, CidrBlock: subnetCidr })),
    sdk.send(new CreateInternetGatewayCommand()),
    sdk.send(new CreateRouteTableCommand({ VpcId })),
    sdk.send(new CreateSecurityGroupCommand({ VpcId, GroupName: "tasks", Description: "tasks" })),
  ]);
  const made: TestVpc = {
    vpcId: VpcId,
    subnetId: Subnet!.SubnetId!,
    routeTableId: RouteTable!.RouteTableId!,
    groupId: GroupId!,
    internetGatewayId: InternetGateway!.InternetGatewayId!,
  };
  const { subnetId: SubnetId, routeTableId: RouteTableId, internetGatewayId: InternetGatewayId } = made;
  await sdk.send(new AttachInternetGatewayCommand({ VpcId, InternetGatewayId }));
  await sdk.send(new AssociateRouteTableCommand({ RouteTableId, SubnetId }));
  await setRoute(made, "0.0.0.0/0", { GatewayId: InternetGatewayId });
  return made;
}

const route = (destination: string) => `--destination-cidr-block ${destination}`;

async function startTask({ vpcId, subnetId, groupId }: TestVpc): Promise<TestTask> {
  const { tasks: made } = await fargate.clients.ecs.send(
    new RunTaskCommand({
      cluster: CLUSTER,
      launchType: "FARGATE",
      taskDefinition,
      networkConfiguration: {
        awsvpcConfiguration: { subnets: [subnetId], securityGroups: [groupId], assignPublicIp: "ENABLED" },
      },
    }),
  );
  const [task] = await fargate.reach(made!, "RUNNING");
  const detail = (name: string) => task!.attachments![0]!.details!.find((each) => each.name === name)!.value!;
  return {
    task: task!,
    privateIp: detail("privateIPv4Address"),
    publicIp: await fargate.publicIp(task!),
    namespace: `/run/netns/ng-${instance}-${vpcId}-${detail("networkInterfaceId")}`,
  };
}

async function allow(GroupId: string, ...IpPermissions: IpPermission[]): Promise<void> {
  await fargate.clients.ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
}

async function revoke(GroupId: string, ...IpPermissions: IpPermission[]): Promise<void> {
  await fargate.clients.ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
}

function allowedFrom(peer: string, IpProtocol: string, port: number): IpPermission {
  const peers = peer.startsWith("sg-") ? { UserIdGroupPairs: [{ GroupId: peer }] } : { IpRanges: [{ CidrIp: peer }] };
  return { IpProtocol, FromPort: port, ToPort: port, ...peers };
}

const tcpFrom = (peer: string) => allowedFrom(peer, "tcp", Number(TCP));

/** Gives a VPC's table a route, in the place of the one it has to there. */
async function setRoute(
  vpc: TestVpc,
  DestinationCidrBlock: string,
  target: Pick<CreateRouteRequest, "GatewayId" | "VpcPeeringConnectionId">,
): Promise<void> {
  const request = { RouteTableId: vpc.routeTableId, DestinationCidrBlock, ...target };
  await fargate.clients.ec2
    .send(new CreateRouteCommand(request))
    .catch(() => fargate.clients.ec2.send(new ReplaceRouteCommand(request)));
}

async function deleteRoute(vpc: TestVpc, DestinationCidrBlock: string): Promise<void> {
  await fargate.clients.ec2.send(new DeleteRouteCommand({ RouteTableId: vpc.routeTableId, DestinationCidrBlock }));
}

/** The AWS CLI's own waiters look every fifteen seconds: they are asked once it is so. */
async function natGatewayIs(id: string, state: string): Promise<void> {
  await until(async () => {
    const command = new DescribeNatGatewaysCommand({ NatGatewayIds: [id] });
    return (await fargate.clients.ec2.send(command)).NatGateways![0]!.State === state;
  });
}

const reach = (from: TestTask, to: TestTask) => probe(from.namespace, "tcp", to.privateIp, TCP);

beforeAll(async () => {
  engine = await TestEngine.start();
  fargate = await Fargate.prepare(engine);
  ({ instance } = JSON.parse((await engine.neargate(["status", "--json"])).stdout) as { instance: string });
  taskDefinition = await fargate.define([{ image: await fargate.pushBusybox() }]);
  vpcs.one = await createVpc("10.50.0.0/16", "10.50.1.0/24");
  [vpcs.two, vpcs.three] = await Promise.all([
    createSimilarVpc("10.50.0.0/16", "10.50.1.0/24"),
    createSimilarVpc("10.60.0.0/16", "10.60.1.0/24"),
  ]);
  const { VpcPeeringConnection } = await ec2<{ VpcPeeringConnection: { VpcPeeringConnectionId: string } }>(
    `create-vpc-peering-connection --vpc-id ${vpcs.one.vpcId} --peer-vpc-id ${vpcs.three.vpcId}`,
  );
  peering = VpcPeeringConnection.VpcPeeringConnectionId;
  await ec2(`accept-vpc-peering-connection --vpc-peering-connection-id ${peering}`);
  const over = `--vpc-peering-connection-id ${peering}`;
  await ec2(`create-route --route-table-id ${vpcs.one.routeTableId} ${route("10.60.0.0/16")} ${over}`);
  await setRoute(vpcs.three, "10.50.0.0/16", { VpcPeeringConnectionId: peering });
  // The first of each VPC, so that those of the same range have the same address.
  [tasks.a, tasks.two, tasks.three] = await Promise.all([
    startTask(vpcs.one),
    startTask(vpcs.two),
    startTask(vpcs.three),
  ]);
  tasks.b = await startTask(vpcs.one);
  await Promise.all(Object.values(tasks).map(({ namespace }) => serve(namespace, "serve-tcp", TCP)));
  // Flows are told once a minute: by the time of the last test they are there.
  await fargate.clients.logs.send(new CreateLogGroupCommand({ logGroupName: "/flows" }));
  await makeRole(iamClient(engine), {
    name: "flow-logs",
    trusts: "vpc-flow-logs.amazonaws.com",
    statements: [{ Effect: "Allow", Action: ["logs:CreateLogStream", "logs:PutLogEvents"], Resource: "*" }],
  });
  await makeRole(iamClient(engine), { name: "may-nothing", trusts: "vpc-flow-logs.amazonaws.com" });
  const roleArn = (name: string) => `--deliver-logs-permission-arn arn:aws:iam::000000000000:role/${name}`;
  await ec2(
    `create-flow-logs --resource-type VPC --resource-ids ${vpcs.one.vpcId} --traffic-type ALL --log-group-name /refused ${roleArn("may-nothing")}`,
  );
  await ec2(
    `create-flow-logs --resource-type VPC --resource-ids ${vpcs.one.vpcId} --traffic-type ALL --log-group-name /flows --max-aggregation-interval 60 ${roleArn("flow-logs")}`,
  );
  await allow(vpcs.one.groupId, tcpFrom("10.50.0.0/16"));
  expect(await reach(tasks.a, tasks.b)).toBe(tasks.a.privateIp);
  expect(await probe(tasks.a.namespace, "tcp", tasks.b.privateIp, "9999")).toBe("timeout");
  await revoke(vpcs.one.groupId, tcpFrom("10.50.0.0/16"));
}, 300_000);

afterEach(async () => {
  // As at the start: no group lets anything in.
  for (const { groupId } of Object.values(vpcs)) {
    const { SecurityGroups } = await fargate.clients.ec2.send(
      new DescribeSecurityGroupsCommand({ GroupIds: [groupId] }),
    );
    const permissions = SecurityGroups![0]!.IpPermissions!;
    if (permissions.length) await revoke(groupId, ...permissions);
  }
});

afterAll(async () => {
  stopServers();
  await engine.stop();
  expect(await traces(instance, engine.dataFolder)).toEqual([]);
});

describe("paths", () => {
  test("without a rule nobody reaches anybody, and the addresses of two VPCs may be the same", async () => {
    expect(tasks.two.privateIp).toMatch(/^10\.50\.1\./);
    const pairs = [
      [tasks.a, tasks.b],
      [tasks.a, tasks.three],
      [tasks.three, tasks.a],
      [tasks.two, tasks.three],
    ] as const;
    const answers = await Promise.all(pairs.map(([from, to]) => reach(from, to)));
    for (const answer of answers) expect(answer).not.toMatch(/^\d/);
  });

  test("a rule opens its own VPC, and not the VPC with the same addresses", async () => {
    await allow(vpcs.one.groupId, tcpFrom("10.50.0.0/16"));
    await allow(vpcs.two.groupId, tcpFrom("10.50.0.0/16"));
    expect(await reach(tasks.a, tasks.b)).toBe(tasks.a.privateIp);
    // Each VPC's first task has the same address: whoever dials it there reaches his own VPC's.
    expect(tasks.two.privateIp).toBe(tasks.a.privateIp);
    expect(await reach(tasks.two, tasks.b)).not.toBe(tasks.two.privateIp);
    expect(await reach(tasks.two, tasks.two)).toBe(tasks.two.privateIp);
  });

  test("the peered VPC is reached by range and by group, the other one never", async () => {
    await allow(vpcs.three.groupId, tcpFrom("10.50.0.0/16"));
    expect(await reach(tasks.a, tasks.three)).toBe(tasks.a.privateIp);
    expect(await reach(tasks.two, tasks.three)).not.toBe(tasks.two.privateIp);
    await revoke(vpcs.three.groupId, tcpFrom("10.50.0.0/16"));
    expect(await reach(tasks.a, tasks.three)).toBe("timeout");
    await allow(vpcs.three.groupId, tcpFrom(vpcs.one.groupId));
    expect(await reach(tasks.b, tasks.three)).toBe(tasks.b.privateIp);
  });

  test("a peering is no way through: not to the internet, nor with a route on one side only", async () => {
    await allow(vpcs.three.groupId, tcpFrom("0.0.0.0/0"));
    await deleteRoute(vpcs.three, "10.50.0.0/16");
    expect(await reach(tasks.a, tasks.three)).toBe("timeout");
    await setRoute(vpcs.three, "10.50.0.0/16", { VpcPeeringConnectionId: peering });
    expect(await reach(tasks.a, tasks.three)).toBe(tasks.a.privateIp);
    // `one` without a gateway of its own does not get out by that of `three`.
    await setRoute(vpcs.one, "0.0.0.0/0", { VpcPeeringConnectionId: peering });
    expect(await probe(tasks.a.namespace, "tcp", tasks.two.publicIp!, TCP)).not.toMatch(/^\d/);
    await setRoute(vpcs.one, "0.0.0.0/0", { GatewayId: vpcs.one.internetGatewayId });
  });

  test("public addresses are reached from outside where the subnet has a route to the gateway", async () => {
    await allow(vpcs.one.groupId, tcpFrom("0.0.0.0/0"));
    expect(await probe(undefined, "tcp", tasks.a.publicIp!, TCP)).toMatch(/^198\.18\./);
    await deleteRoute(vpcs.one, "0.0.0.0/0");
    expect(await probe(undefined, "tcp", tasks.a.publicIp!, TCP)).toBe("timeout");
    await setRoute(vpcs.one, "0.0.0.0/0", { GatewayId: vpcs.one.internetGatewayId });
    expect(await probe(undefined, "tcp", tasks.a.publicIp!, TCP)).toMatch(/^198\.18\./);
  });
});

describe("rules", () => {
  test("UDP and its fragments, and ICMP, each by their own rule", async () => {
    await serve(tasks.b.namespace, "serve-udp", "5000");
    const large = () => probe(tasks.a.namespace, "udp", tasks.b.privateIp, "5000", "20000");
    expect(await large()).toBe("timeout");
    expect(await pings(tasks.a.namespace, tasks.b.privateIp)).toBe(false);
    await allow(vpcs.one.groupId, allowedFrom("10.50.0.0/16", "udp", 5000));
    expect(await large()).toBe(tasks.a.privateIp);
    expect(await pings(tasks.a.namespace, tasks.b.privateIp)).toBe(false);
    await allow(vpcs.one.groupId, allowedFrom("10.50.0.0/16", "icmp", -1));
    expect(await pings(tasks.a.namespace, tasks.b.privateIp)).toBe(true);
  });

  test("a prefix list opens what it holds, and no longer what was taken out", async () => {
    const { PrefixList } = await ec2<{ PrefixList: { PrefixListId: string; Version: number } }>(
      "create-managed-prefix-list --prefix-list-name peers --address-family IPv4 --max-entries 5 --entries Cidr=10.60.0.0/16",
    );
    const id = PrefixList.PrefixListId;
    await allow(vpcs.one.groupId, {
      IpProtocol: "tcp",
      FromPort: 8080,
      ToPort: 8080,
      PrefixListIds: [{ PrefixListId: id }],
    });
    expect(await reach(tasks.three, tasks.a)).toBe(tasks.three.privateIp);
    await ec2(
      `modify-managed-prefix-list --prefix-list-id ${id} --current-version 1 --remove-entries Cidr=10.60.0.0/16`,
    );
    expect(await reach(tasks.three, tasks.a)).toBe("timeout");
  });

  test("an established flow outlives its group's rule, but not a network ACL that denies it", async () => {
    await allow(vpcs.one.groupId, tcpFrom("10.50.0.0/16"));
    const tracked = await openStream(tasks.a.namespace, tasks.b.privateIp, TCP);
    await revoke(vpcs.one.groupId, tcpFrom("10.50.0.0/16"));
    expect(await reach(tasks.a, tasks.b)).toBe("timeout");
    expect(await tracked.end()).toMatch(/^whole/);

    await allow(vpcs.three.groupId, tcpFrom("10.50.0.0/16"));
    const { NetworkAcls } = await ec2<{ NetworkAcls: { NetworkAclId: string }[] }>(
      `describe-network-acls --filters Name=association.subnet-id,Values=${vpcs.three.subnetId}`,
    );
    const { NetworkAclId } = NetworkAcls[0]!;
    const denied = await openStream(tasks.a.namespace, tasks.three.privateIp, TCP);
    await fargate.clients.ec2.send(
      new CreateNetworkAclEntryCommand({
        NetworkAclId,
        RuleNumber: 50,
        Egress: false,
        Protocol: "6",
        PortRange: { From: 8080, To: 8080 },
        CidrBlock: "10.50.0.0/16",
        RuleAction: "deny",
      }),
    );
    await until(async () => (await reach(tasks.a, tasks.three)) === "timeout");
    expect(await denied.end()).not.toMatch(/^whole/);
    await ec2(`delete-network-acl-entry --network-acl-id ${NetworkAclId} --rule-number 50 --ingress`);
    expect(await reach(tasks.a, tasks.three)).toBe(tasks.a.privateIp);
  });
});

describe("gateways and endpoints", () => {
  test("a private subnet gets out through a NAT gateway, under its elastic address", async () => {
    const { Subnet } = await ec2<{ Subnet: { SubnetId: string } }>(
      `create-subnet --vpc-id ${vpcs.one.vpcId} --cidr-block 10.50.2.0/24`,
    );
    const { AllocationId, PublicIp } = await ec2<{ AllocationId: string; PublicIp: string }>("allocate-address");
    const { NatGateway } = await ec2<{ NatGateway: { NatGatewayId: string } }>(
      `create-nat-gateway --subnet-id ${vpcs.one.subnetId} --allocation-id ${AllocationId}`,
    );
    const id = NatGateway.NatGatewayId;
    await natGatewayIs(id, "available");
    await ec2(`wait nat-gateway-available --nat-gateway-ids ${id}`);
    const { RouteTable } = await ec2<{ RouteTable: { RouteTableId: string } }>(
      `create-route-table --vpc-id ${vpcs.one.vpcId}`,
    );
    const table = `--route-table-id ${RouteTable.RouteTableId}`;
    await ec2(`associate-route-table ${table} --subnet-id ${Subnet.SubnetId}`);
    await ec2(`create-route ${table} ${route("0.0.0.0/0")} --nat-gateway-id ${id}`);
    const inner = await startTask({ ...vpcs.one, subnetId: Subnet.SubnetId });
    // `two` stands for the internet: it is seen there under the gateway's address.
    await allow(vpcs.two.groupId, tcpFrom(`${PublicIp}/32`));
    expect(await probe(inner.namespace, "tcp", tasks.two.publicIp!, TCP)).toBe(PublicIp);
    expect(await probe(tasks.a.namespace, "tcp", tasks.two.publicIp!, TCP)).toBe("timeout");

    await engine.kill();
    expect(await probe(inner.namespace, "tcp", tasks.two.publicIp!, TCP)).toBe(PublicIp);
    await engine.up();
    await ec2(`delete-nat-gateway --nat-gateway-id ${id}`);
    await until(async () => (await probe(inner.namespace, "tcp", tasks.two.publicIp!, TCP)) !== PublicIp);
    await fargate.stop([inner.task]);
    await natGatewayIs(id, "deleted");
    await ec2(`wait nat-gateway-deleted --nat-gateway-ids ${id}`);
    await ec2(`release-address --allocation-id ${AllocationId}`);
  });

  test("an endpoint answers the API inside of the VPC, by name, as its group allows, and nothing else", async () => {
    for (const attribute of ["--enable-dns-support", "--enable-dns-hostnames"])
      await ec2(`modify-vpc-attribute --vpc-id ${vpcs.one.vpcId} ${attribute} {"Value":true}`);
    await allow(vpcs.one.groupId, allowedFrom("10.50.1.0/24", "tcp", 80));
    const { VpcEndpoint } = await ec2<{ VpcEndpoint: { VpcEndpointId: string } }>(
      `create-vpc-endpoint --vpc-id ${vpcs.one.vpcId} --vpc-endpoint-type Interface --service-name com.amazonaws.${engine.region}.ecs --subnet-ids ${vpcs.one.subnetId} --security-group-ids ${vpcs.one.groupId} --private-dns-enabled`,
    );
    const id = VpcEndpoint.VpcEndpointId;
    await until(async () => {
      const answer = await fargate.clients.ec2.send(new DescribeVpcEndpointsCommand({ VpcEndpointIds: [id] }));
      return String(answer.VpcEndpoints![0]!.State) === "available"; // the SDK's type has it with a capital
    });
    const resolver = "169.254.169.253";
    const name = `ecs.${engine.region}.amazonaws.com`;
    const address = await probe(tasks.a.namespace, "dns", resolver, name, "A");
    expect(address).toMatch(/^10\.50\.1\./);
    const { stdout } = await exec("nsenter", [
      `--net=${tasks.a.namespace}`,
      "curl",
      "-s",
      "-m",
      "20",
      "--resolve",
      `${name}:80:${address}`,
      `http://${name}/_neargate/health`,
    ]);
    expect(stdout).not.toContain('"status":"ok"');
    expect(stdout).toContain("UnknownOperationException");
    const { accessKeyId, secretAccessKey } = engine.credentials;
    const listClusters = async () => {
      const said = await exec("nsenter", [
        `--net=${tasks.a.namespace}`,
        "curl",
        "-s",
        "-m",
        "20",
        "--resolve",
        `${name}:80:${address}`,
        `http://${name}/`,
        "-d",
        "{}",
        "--aws-sigv4",
        `aws:amz:${engine.region}:ecs`,
        "--user",
        `${accessKeyId}:${secretAccessKey}`,
        "-H",
        "X-Amz-Target: AmazonEC2ContainerServiceV20141113.ListClusters",
        "-H",
        "Content-Type: application/x-amz-json-1.1",
      ]);
      return said.stdout;
    };
    expect(await listClusters()).toContain("clusterArns");
    const Statement = { Effect: "Allow", Principal: "*", Action: "ecs:RunTask", Resource: "*" };
    const PolicyDocument = JSON.stringify({ Statement });
    await fargate.clients.ec2.send(new ModifyVpcEndpointCommand({ VpcEndpointId: id, PolicyDocument }));
    expect(await listClusters()).toContain("because no VPC endpoint policy allows the ecs:ListClusters action");
    expect(await probe(tasks.a.namespace, "tcp", address, "4566")).not.toMatch(/^\d/);
    expect(await probe(tasks.three.namespace, "tcp", address, "80")).toBe("timeout");
    await ec2(`delete-vpc-endpoints --vpc-endpoint-ids ${id}`);
    await until(async () => (await probe(tasks.a.namespace, "dns", resolver, name, "A")) !== address);
  });
});

describe("a task is alone", () => {
  test("link-local addresses, other tasks' credentials, the host and its daemons do not answer", async () => {
    const { namespace } = tasks.a;
    const silent = async (address: string, each: string) =>
      expect(await probe(namespace, "tcp", address, each), address).not.toMatch(/^\d/);
    const linkLocal = ["169.254.169.254", "169.254.170.2", "169.254.170.3", "169.254.0.1"];
    await Promise.all(linkLocal.map((address) => silent(address, "80")));
    const port = new URL(engine.endpoint).port;
    const { stdout } = await exec("ip", ["-json", "-4", "address", "show", "scope", "global"]);
    const host = (JSON.parse(stdout) as { addr_info: { local: string }[] }[]).flatMap((link) =>
      link.addr_info.map((each) => each.local),
    );
    const dialled = [...host, "10.50.1.1", "10.50.0.2"].flatMap((address) =>
      [port, "22", TCP].map((each) => [address, each] as const),
    );
    // Each is a process.
    for (let i = 0; i < dialled.length; i += 8)
      await Promise.all(dialled.slice(i, i + 8).map(([address, each]) => silent(address, each)));
  });
});

test("flow logs tell what passed and what did not", async () => {
  const lines = async () => {
    const { events } = await fargate.clients.logs.send(new FilterLogEventsCommand({ logGroupName: "/flows" }));
    return events!.map((event) => event.message!);
  };
  const flow = (port: string, action: string) =>
    new RegExp(`${tasks.a.privateIp} ${tasks.b.privateIp} \\d+ ${port} 6 \\d+ \\d+ \\d+ \\d+ ${action} OK`);
  // A reading may have come between the two: then the second is told a minute later.
  for (const each of [flow(TCP, "ACCEPT"), flow("9999", "REJECT")])
    await until(async () => (await lines()).some((line) => each.test(line)), 90_000, `a flow as ${each}`);
  const states = async () => {
    const { FlowLogs } = await fargate.clients.ec2.send(new DescribeFlowLogsCommand({}));
    return FlowLogs!.map((each) => [each.LogGroupName, each.DeliverLogsStatus, each.DeliverLogsErrorMessage]);
  };
  // One after the other is delivered.
  await until(async () => (await states()).some(([, status]) => status === "FAILED"));
  expect((await states()).toSorted()).toEqual([
    ["/flows", "SUCCESS", undefined],
    ["/refused", "FAILED", "Access error"],
  ]);
}, 240_000);
