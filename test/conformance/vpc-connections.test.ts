import {
  AcceptVpcPeeringConnectionCommand,
  CreateFlowLogsCommand,
  CreateTagsCommand,
  CreateVpcCommand,
  CreateVpcEndpointCommand,
  CreateVpcPeeringConnectionCommand,
  DeleteFlowLogsCommand,
  DeleteVpcEndpointsCommand,
  DescribeFlowLogsCommand,
  DescribeNetworkInterfacesCommand,
  DescribeSubnetsCommand,
  DescribeVpcEndpointServicesCommand,
  DescribeVpcEndpointsCommand,
  DescribeVpcPeeringConnectionsCommand,
  DescribeVpcsCommand,
  EC2Client,
  ModifyVpcEndpointCommand,
  ModifyVpcPeeringConnectionOptionsCommand,
  type CreateFlowLogsCommandInput,
} from "@aws-sdk/client-ec2";
import { afterAll, beforeAll, expect, test } from "vitest";
import { TestEngine, until } from "../support/engine.ts";
import { iamClient, makeRole } from "../support/roles.ts";

/* Peerings, VPC endpoints and flow logs, as the AWS CLI and the SDK see them. */

let engine: TestEngine;
let ec2: EC2Client;
let defaultVpc: string;

beforeAll(async () => {
  engine = await TestEngine.start(["--compute", "simulated"]);
  ec2 = engine.clients().ec2;
  defaultVpc = (await ec2.send(new DescribeVpcsCommand({}))).Vpcs![0]!.VpcId!;
});
afterAll(() => engine.stop());

async function newVpc(CidrBlock: string, client = ec2): Promise<string> {
  return (await client.send(new CreateVpcCommand({ CidrBlock }))).Vpc!.VpcId!;
}

async function endpointState(VpcEndpointId: string): Promise<string | undefined> {
  const Filters = [{ Name: "vpc-endpoint-id", Values: [VpcEndpointId] }];
  return (await ec2.send(new DescribeVpcEndpointsCommand({ Filters }))).VpcEndpoints![0]?.State;
}

test("the CLI peers two VPCs, waits, and takes the peering away", async () => {
  const peer = await newVpc("10.50.0.0/16");
  const create = ["ec2", "create-vpc-peering-connection", "--vpc-id", defaultVpc, "--peer-vpc-id", peer];
  const tags = ["--tag-specifications", "ResourceType=vpc-peering-connection,Tags=[{Key=Name,Value=link}]"];
  const { VpcPeeringConnection: asked } = await engine.awsJson<{
    VpcPeeringConnection: { VpcPeeringConnectionId: string };
  }>(...create, ...tags);
  expect(asked).toMatchObject({
    Status: { Code: "pending-acceptance", Message: "Pending Acceptance by 000000000000" },
    RequesterVpcInfo: { CidrBlock: "172.31.0.0/16", VpcId: defaultVpc },
    AccepterVpcInfo: { VpcId: peer },
    Tags: [{ Key: "Name", Value: "link" }],
  });
  const id = asked.VpcPeeringConnectionId;
  const byId = ["--vpc-peering-connection-id", id];
  await engine.aws("ec2", "wait", "vpc-peering-connection-exists", "--vpc-peering-connection-ids", id);
  expect(await engine.awsJson("ec2", "accept-vpc-peering-connection", ...byId)).toMatchObject({
    VpcPeeringConnection: {
      Status: { Code: "active", Message: "Active" },
      AccepterVpcInfo: {
        CidrBlock: "10.50.0.0/16",
        CidrBlockSet: [{ CidrBlock: "10.50.0.0/16" }],
        PeeringOptions: { AllowDnsResolutionFromRemoteVpc: false },
        Region: engine.region,
      },
    },
  });
  const options = (AllowDnsResolutionFromRemoteVpc: boolean) =>
    ec2.send(
      new ModifyVpcPeeringConnectionOptionsCommand({
        VpcPeeringConnectionId: id,
        RequesterPeeringConnectionOptions: { AllowDnsResolutionFromRemoteVpc },
      }),
    );
  expect((await options(false)).RequesterPeeringConnectionOptions).toMatchObject({
    AllowDnsResolutionFromRemoteVpc: false,
  });
  await expect(options(true)).rejects.toMatchObject({ name: "UnsupportedOperation" });
  await expect(engine.aws(...create)).rejects.toThrow("(VpcPeeringConnectionAlreadyExists)");
  await engine.aws("ec2", "delete-vpc-peering-connection", ...byId);
  await engine.aws("ec2", "wait", "vpc-peering-connection-deleted", "--vpc-peering-connection-ids", id);
});

test("VPCs of two Regions are peered from both", async () => {
  const config = { endpoint: engine.endpoint, credentials: engine.credentials, maxAttempts: 1 };
  const far = new EC2Client({ ...config, region: "ap-south-1" });
  const [near, peer] = [await newVpc("10.60.0.0/16"), await newVpc("10.61.0.0/16", far)];
  const { VpcPeeringConnection } = await ec2.send(
    new CreateVpcPeeringConnectionCommand({ VpcId: near, PeerVpcId: peer, PeerRegion: "ap-south-1" }),
  );
  const id = VpcPeeringConnection!.VpcPeeringConnectionId!;
  const accept = new AcceptVpcPeeringConnectionCommand({ VpcPeeringConnectionId: id });
  await expect(ec2.send(accept)).rejects.toMatchObject({
    name: "OperationNotPermitted",
    message: `Incorrect region (${engine.region}) specified for this request. VPC peering connection ${id} must be accepted in region ap-south-1`,
  });
  expect((await far.send(accept)).VpcPeeringConnection!.Status!.Code).toBe("active");
  await far.send(new CreateTagsCommand({ Resources: [id], Tags: [{ Key: "side", Value: "far" }] }));
  const seen = async (client: EC2Client) => {
    const Filters = [{ Name: "accepter-vpc-info.cidr-block", Values: ["10.61.0.0/16"] }];
    return (await client.send(new DescribeVpcPeeringConnectionsCommand({ Filters }))).VpcPeeringConnections!;
  };
  expect((await seen(ec2)).map((each) => each.Tags)).toEqual([[]]);
  expect((await seen(far)).map((each) => each.Tags)).toEqual([[{ Key: "side", Value: "far" }]]);
});

test("default VPCs cannot be peered: their ranges are the same", async () => {
  const config = { endpoint: engine.endpoint, credentials: engine.credentials, maxAttempts: 1 };
  const far = new EC2Client({ ...config, region: "ap-south-1" });
  const PeerVpcId = (await far.send(new DescribeVpcsCommand({ Filters: [{ Name: "is-default", Values: ["true"] }] })))
    .Vpcs![0]!.VpcId;
  const { VpcPeeringConnection } = await ec2.send(
    new CreateVpcPeeringConnectionCommand({ VpcId: defaultVpc, PeerVpcId, PeerRegion: "ap-south-1" }),
  );
  expect(VpcPeeringConnection!.Status).toEqual({
    Code: "failed",
    Message: "Failed due to incorrect VPC-ID, Account ID, or overlapping CIDR range",
  });
});

test("an interface endpoint becomes available, is changed, outlives the engine and is deleted", async () => {
  const { Subnets = [] } = await ec2.send(
    new DescribeSubnetsCommand({ Filters: [{ Name: "vpc-id", Values: [defaultVpc] }] }),
  );
  const [one = "", two = ""] = Subnets.map((subnet) => subnet.SubnetId!);
  const service = `com.amazonaws.${engine.region}.ecr.dkr`;
  const create = {
    VpcEndpointType: "Interface" as const,
    VpcId: defaultVpc,
    ServiceName: service,
    SubnetIds: [one],
    ClientToken: "endpoint-1",
  };
  const { VpcEndpoint } = await ec2.send(new CreateVpcEndpointCommand(create));
  expect(VpcEndpoint).toMatchObject({
    VpcEndpointType: "Interface",
    ServiceName: service,
    State: "pending",
    SubnetIds: [one],
    Groups: [{ GroupName: "default" }],
    IpAddressType: "ipv4",
    PrivateDnsEnabled: true,
    OwnerId: "000000000000",
  });
  const id = VpcEndpoint!.VpcEndpointId!;
  expect((await ec2.send(new CreateVpcEndpointCommand(create))).VpcEndpoint!.VpcEndpointId).toBe(id);
  await until(async () => (await endpointState(id)) === "available");
  const { VpcEndpoints } = await ec2.send(new DescribeVpcEndpointsCommand({ VpcEndpointIds: [id] }));
  expect(VpcEndpoints![0]!.DnsEntries!.map((entry) => entry.DnsName)).toEqual([
    expect.stringMatching(`^${id}-\\w{8}\\.dkr\\.ecr\\.${engine.region}\\.vpce\\.amazonaws\\.com$`),
    expect.stringMatching(
      `^${id}-\\w{8}-${engine.region}[abc]\\.dkr\\.ecr\\.${engine.region}\\.vpce\\.amazonaws\\.com$`,
    ),
    `*.dkr.ecr.${engine.region}.amazonaws.com`,
  ]);
  const interfaces = async () =>
    (
      await ec2.send(
        new DescribeNetworkInterfacesCommand({
          Filters: [{ Name: "description", Values: [`VPC Endpoint Interface ${id}`] }],
        }),
      )
    ).NetworkInterfaces!;
  expect(await interfaces()).toMatchObject([{ SubnetId: one, Status: "in-use", VpcId: defaultVpc }]);
  await ec2.send(new ModifyVpcEndpointCommand({ VpcEndpointId: id, AddSubnetIds: [two], RemoveSubnetIds: [one] }));
  expect(await interfaces()).toMatchObject([{ SubnetId: two }]);

  await engine.kill();
  await engine.up();
  expect(await endpointState(id)).toBe("available");
  const unknown = "vpce-0123456789abcdef0";
  const { Unsuccessful } = await ec2.send(new DeleteVpcEndpointsCommand({ VpcEndpointIds: [id, unknown] }));
  expect(Unsuccessful).toMatchObject([{ ResourceId: unknown, Error: { Code: "InvalidVpcEndpoint.NotFound" } }]);
  await until(async () => (await endpointState(id)) === undefined);
  expect(await interfaces()).toEqual([]);
  await expect(ec2.send(new DescribeVpcEndpointsCommand({ VpcEndpointIds: [id] }))).rejects.toMatchObject({
    name: "InvalidVpcEndpointId.NotFound",
    message: `The Vpc Endpoint Id '${id}' does not exist`,
  });
});

test("the services that endpoints lead to are those of the engine", async () => {
  const { ServiceNames } = await ec2.send(new DescribeVpcEndpointServicesCommand({}));
  expect(ServiceNames).toContain(`com.amazonaws.${engine.region}.logs`);
  expect(ServiceNames).not.toContain(`com.amazonaws.${engine.region}.s3`);
  const { ServiceDetails } = await ec2.send(
    new DescribeVpcEndpointServicesCommand({ ServiceNames: [`com.amazonaws.${engine.region}.ecr.api`] }),
  );
  expect(ServiceDetails).toMatchObject([
    {
      ServiceType: [{ ServiceType: "Interface" }],
      Owner: "amazon",
      PrivateDnsName: `api.ecr.${engine.region}.amazonaws.com`,
      BaseEndpointDnsNames: [`api.ecr.${engine.region}.vpce.amazonaws.com`],
      AcceptanceRequired: false,
    },
  ]);
  const s3 = `com.amazonaws.${engine.region}.s3`;
  await expect(engine.aws("ec2", "create-vpc-endpoint", "--vpc-id", defaultVpc, "--service-name", s3)).rejects.toThrow(
    `(InvalidServiceName) when calling the CreateVpcEndpoint operation: The Vpc Endpoint Service '${s3}' does not exist`,
  );
});

test("flow logs are made for resources, shown and deleted", async () => {
  const input: CreateFlowLogsCommandInput = {
    ResourceType: "VPC",
    ResourceIds: [defaultVpc, "vpc-0123456789abcdef0"],
    TrafficType: "REJECT",
    LogGroupName: "/vpc/flows",
    DeliverLogsPermissionArn: "arn:aws:iam::000000000000:role/flows",
    MaxAggregationInterval: 60,
    TagSpecifications: [{ ResourceType: "vpc-flow-log", Tags: [{ Key: "of", Value: "vpc" }] }],
  };
  await expect(ec2.send(new CreateFlowLogsCommand(input))).rejects.toMatchObject({
    name: "InvalidParameter",
    message: "Unable to assume given IAM role: 'arn:aws:iam::000000000000:role/flows'",
  });
  await makeRole(iamClient(engine), { name: "flows", trusts: "vpc-flow-logs.amazonaws.com" });
  const made = await ec2.send(new CreateFlowLogsCommand(input));
  expect(made.Unsuccessful).toMatchObject([
    { ResourceId: "vpc-0123456789abcdef0", Error: { Code: "InvalidVpcID.NotFound" } },
  ]);
  const Filter = [{ Name: "tag:of", Values: ["vpc"] }];
  const { FlowLogs } = await ec2.send(new DescribeFlowLogsCommand({ Filter }));
  expect(FlowLogs).toMatchObject([
    {
      FlowLogId: made.FlowLogIds![0],
      ResourceId: defaultVpc,
      FlowLogStatus: "ACTIVE",
      DeliverLogsStatus: "SUCCESS",
      LogDestinationType: "cloud-watch-logs",
      LogGroupName: "/vpc/flows",
      MaxAggregationInterval: 60,
      LogFormat:
        "${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} ${packets} ${bytes} ${start} ${end} ${action} ${log-status}",
    },
  ]);
  for (const [more, code] of [
    [{}, "FlowLogAlreadyExists"],
    [{ LogGroupName: "other", DeliverLogsPermissionArn: undefined }, "InvalidParameter"],
    [{ LogGroupName: "other", LogFormat: "${version} ${tcp-flags}" }, "InvalidParameter"],
    [
      { LogGroupName: undefined, LogDestinationType: "s3", LogDestination: "arn:aws:s3:::logs" },
      "UnsupportedOperation",
    ],
  ] as const)
    await expect(ec2.send(new CreateFlowLogsCommand({ ...input, ...more }))).rejects.toMatchObject({ name: code });
  const remove = new DeleteFlowLogsCommand({ FlowLogIds: made.FlowLogIds });
  expect((await ec2.send(remove)).Unsuccessful).toEqual([]);
  await expect(ec2.send(remove)).rejects.toMatchObject({
    name: "InvalidFlowLogId.NotFound",
    message: `These flow log ids in the input list are not found: [TotalCount: 1] ${made.FlowLogIds![0]}`,
  });
});
