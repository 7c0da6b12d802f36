import { Agent } from "node:http";
import { join } from "node:path";
import {
  CreateHttpNamespaceCommand,
  CreatePrivateDnsNamespaceCommand,
  CreatePublicDnsNamespaceCommand,
  CreateServiceCommand,
  DeleteNamespaceCommand,
  DeleteServiceAttributesCommand,
  DeregisterInstanceCommand,
  DiscoverInstancesCommand,
  DiscoverInstancesRevisionCommand,
  GetInstanceCommand,
  GetNamespaceCommand,
  GetOperationCommand,
  GetServiceAttributesCommand,
  GetServiceCommand,
  ListInstancesCommand,
  ListNamespacesCommand,
  ListOperationsCommand,
  ListServicesCommand,
  ListTagsForResourceCommand,
  paginateListNamespaces,
  RegisterInstanceCommand,
  ServiceDiscoveryClient,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateHttpNamespaceCommand,
  UpdateInstanceCustomHealthStatusCommand,
  UpdatePrivateDnsNamespaceCommand,
  UpdateServiceAttributesCommand,
  UpdateServiceCommand,
  type CreateServiceRequest,
  type DnsRecord,
  type OperationFilter,
  type ServiceDiscoveryClientConfig,
} from "@aws-sdk/client-servicediscovery";
import { DescribeVpcsCommand } from "@aws-sdk/client-ec2";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { attempt } from "../support/command.ts";
import { TestEngine, until } from "../support/engine.ts";

/* AWS Cloud Map as clients see it; that names resolve is shown by the system tests. */

let engine: TestEngine;
let client: ServiceDiscoveryClient;
let vpcId: string;
beforeAll(async () => {
  engine = await TestEngine.start(["--compute", "simulated"]);
  client = makeClient({ disableHostPrefix: true });
  const { Vpcs } = await engine.clients().ec2.send(new DescribeVpcsCommand({}));
  vpcId = Vpcs![0]!.VpcId!;
});
afterAll(() => engine?.stop());

function makeClient(more: ServiceDiscoveryClientConfig): ServiceDiscoveryClient {
  const { endpoint, region, credentials } = engine;
  return new ServiceDiscoveryClient({ endpoint, region, credentials, maxAttempts: 1, ...more });
}

/** Waits for the end of an operation. */
async function ended(submitted: Promise<{ OperationId?: string }>) {
  const { OperationId } = await submitted;
  return await vi.waitFor(
    async () => {
      const { Operation } = await client.send(new GetOperationCommand({ OperationId }));
      expect(["SUCCESS", "FAIL"]).toContain(Operation!.Status);
      return Operation!;
    },
    { timeout: 30_000, interval: 10 },
  );
}

async function namespace(Name: string, type: "HTTP" | "DNS_PRIVATE" | "DNS_PUBLIC" = "HTTP"): Promise<string> {
  const create = {
    HTTP: () => client.send(new CreateHttpNamespaceCommand({ Name })),
    DNS_PRIVATE: () => client.send(new CreatePrivateDnsNamespaceCommand({ Name, Vpc: vpcId })),
    DNS_PUBLIC: () => client.send(new CreatePublicDnsNamespaceCommand({ Name })),
  };
  const operation = await ended(create[type]());
  expect(operation).toMatchObject({ Type: "CREATE_NAMESPACE", Status: "SUCCESS" });
  return operation.Targets!.NAMESPACE!;
}

async function service(input: CreateServiceRequest) {
  return (await client.send(new CreateServiceCommand(input))).Service!;
}

function records(...types: NonNullable<DnsRecord["Type"]>[]): { DnsRecords: DnsRecord[] } {
  return { DnsRecords: types.map((Type) => ({ Type, TTL: 60 })) };
}

async function refused(request: Promise<unknown>, name: string, message?: string | RegExp) {
  const failure = await request.then(
    () => undefined,
    (cause: Error) => cause,
  );
  expect(failure).toMatchObject({ name, ...(message !== undefined && { message: expect.stringMatching(message) }) });
  return failure as Error & Record<string, unknown>;
}

test("boto3 makes, discovers and removes a service", async () => {
  const script = join(import.meta.dirname, "cloud_map_walk.py");
  expect(await attempt("/usr/bin/python3", [script, engine.endpoint], { env: engine.env })).toEqual({
    code: 0,
    stdout: "",
    stderr: "",
  });
});

test("the AWS CLI shows what the developer guide shows", async () => {
  const cli = <T>(...args: string[]) => engine.awsJson<T>("servicediscovery", ...args);
  const { OperationId } = await cli<{ OperationId: string }>("create-public-dns-namespace", "--name", "cli.example");
  expect(OperationId).toMatch(/^[a-z2-7]{32}-[a-z0-9]{8}$/);
  await ended(Promise.resolve({ OperationId }));
  const filter = "Name=NAME,Values=cli.example,Condition=EQ";
  const { Namespaces } = await cli<{ Namespaces: Record<string, unknown>[] }>("list-namespaces", "--filters", filter);
  expect(Namespaces).toEqual([
    {
      Id: expect.stringMatching(/^ns-[a-z2-7]{16}$/),
      Arn: `arn:aws:servicediscovery:us-east-1:000000000000:namespace/${String(Namespaces[0]!["Id"])}`,
      Name: "cli.example",
      Type: "DNS_PUBLIC",
      ServiceCount: 0,
      Properties: {
        DnsProperties: { HostedZoneId: expect.stringMatching(/^Z[A-Z0-9]{20}$/), SOA: { TTL: 15 } },
        HttpProperties: { HttpName: "cli.example" },
      },
      CreateDate: expect.any(String),
    },
  ]);
  const config = "NamespaceId=NS,RoutingPolicy=WEIGHTED,DnsRecords=[{Type=CNAME,TTL=30}]";
  const { Service } = await cli<{ Service: Record<string, unknown> }>(
    "create-service",
    "--name",
    "alias",
    "--creator-request-id",
    "once",
    "--dns-config",
    config.replace("NS", String(Namespaces[0]!["Id"])),
  );
  expect(Service).toEqual({
    Id: expect.stringMatching(/^srv-[a-z2-7]{16}$/),
    Arn: expect.stringMatching(/:service\/srv-[a-z2-7]{16}$/),
    Name: "alias",
    NamespaceId: Namespaces[0]!["Id"],
    InstanceCount: 0,
    DnsConfig: {
      NamespaceId: Namespaces[0]!["Id"],
      RoutingPolicy: "WEIGHTED",
      DnsRecords: [{ Type: "CNAME", TTL: 30 }],
    },
    Type: "DNS_HTTP",
    CreateDate: expect.any(String),
    CreatorRequestId: "once",
  });
});

test("a namespace is made once for a request id, and one of its name is refused", async () => {
  const request = { Name: "once", CreatorRequestId: "first" };
  const first = await client.send(new CreateHttpNamespaceCommand(request));
  const again = await client.send(new CreateHttpNamespaceCommand(request));
  expect(again.OperationId).toBe(first.OperationId);
  const { Targets } = await ended(Promise.resolve(first));
  expect((await client.send(new CreateHttpNamespaceCommand(request))).OperationId).toBe(first.OperationId);
  const taken = client.send(new CreateHttpNamespaceCommand({ Name: "once" }));
  expect(await refused(taken, "NamespaceAlreadyExists")).toMatchObject({
    NamespaceId: Targets!.NAMESPACE,
    CreatorRequestId: "first",
  });
  const reused = client.send(new CreateHttpNamespaceCommand({ ...request, Name: "other" }));
  expect(await refused(reused, "DuplicateRequest")).toMatchObject({ DuplicateOperationId: first.OperationId });
});

test("a private zone of a name that its VPC has fails as Route 53 makes it fail", async () => {
  await namespace("twice.internal", "DNS_PRIVATE");
  const again = client.send(new CreatePrivateDnsNamespaceCommand({ Name: "twice.internal", Vpc: vpcId }));
  expect(await ended(again)).toMatchObject({
    Status: "FAIL",
    ErrorCode: "CANNOT_CREATE_HOSTED_ZONE",
    ErrorMessage: expect.stringMatching(
      new RegExp(`^The VPC ${vpcId} in region us-east-1 has already been associated with the hosted zone Z\\w+ with`),
    ),
  });
  const strange = client.send(new CreatePrivateDnsNamespaceCommand({ Name: 'a"b.internal', Vpc: vpcId }));
  expect(await ended(strange)).toMatchObject({ Status: "FAIL", ErrorCode: "CANNOT_CREATE_HOSTED_ZONE" });
  const nowhere = new CreatePrivateDnsNamespaceCommand({ Name: "x", Vpc: "vpc-00000000000000000" });
  await refused(client.send(nowhere), "InvalidInput", /vpc-00000000000000000 does not exist/);
  expect(await namespace("twice.internal")).toMatch(/^ns-/); // an HTTP namespace has no zone
});

test("namespaces are updated, filtered, paged and deleted", async () => {
  const http = await namespace("lists.http");
  const dns = await namespace("lists.dns", "DNS_PRIVATE");
  const update = new UpdateHttpNamespaceCommand({ Id: http, Namespace: { Description: "new" } });
  expect(await ended(client.send(update))).toMatchObject({ Type: "UPDATE_NAMESPACE", Status: "SUCCESS" });
  const properties = { DnsProperties: { SOA: { TTL: 77 } } };
  await ended(client.send(new UpdatePrivateDnsNamespaceCommand({ Id: dns, Namespace: { Properties: properties } })));
  expect((await client.send(new GetNamespaceCommand({ Id: http }))).Namespace).toMatchObject({ Description: "new" });
  const { Namespace } = await client.send(new GetNamespaceCommand({ Id: dns }));
  expect(Namespace).toMatchObject({ Properties: { DnsProperties: { SOA: { TTL: 77 } } } });
  await refused(
    client.send(new UpdateHttpNamespaceCommand({ Id: dns, Namespace: { Description: "" } })),
    "InvalidInput",
  );

  const found = async (Name: "TYPE" | "NAME" | "HTTP_NAME", Condition: "EQ" | "BEGINS_WITH", Value: string) => {
    const Filters = [{ Name, Condition, Values: [Value] }];
    const { Namespaces } = await client.send(new ListNamespacesCommand({ Filters }));
    return Namespaces!.map((each) => each.Id).filter((id) => id === http || id === dns);
  };
  expect(await found("NAME", "EQ", "lists.http")).toEqual([http]);
  expect(await found("HTTP_NAME", "BEGINS_WITH", "lists.")).toEqual([http, dns].toSorted());
  expect(await found("TYPE", "EQ", "DNS_PRIVATE")).toEqual([dns]);
  const ids: string[] = [];
  for await (const { Namespaces } of paginateListNamespaces({ client, pageSize: 1 }, {})) {
    expect(Namespaces).toHaveLength(1);
    ids.push(Namespaces![0]!.Id!);
  }
  expect(ids).toContain(http);
  expect(new Set(ids).size).toBe(ids.length);
  await refused(client.send(new ListNamespacesCommand({ NextToken: "nonsense" })), "InvalidInput");
  const between = [{ Name: "NAME" as const, Condition: "BETWEEN" as const, Values: ["a", "b"] }];
  await refused(client.send(new ListNamespacesCommand({ Filters: between })), "InvalidInput");

  expect(await ended(client.send(new DeleteNamespaceCommand({ Id: Namespace!.Arn })))).toMatchObject({
    Type: "DELETE_NAMESPACE",
    Status: "SUCCESS",
    Targets: { NAMESPACE: dns },
  });
  await refused(client.send(new GetNamespaceCommand({ Id: dns })), "NamespaceNotFound");
});

test("a service is configured within Cloud Map's rules", async () => {
  const http = await namespace("rules.http");
  const dns = await namespace("rules.internal", "DNS_PRIVATE");
  const open = await namespace("rules.example", "DNS_PUBLIC");
  const create = (input: CreateServiceRequest) => client.send(new CreateServiceCommand(input));
  const cases: [CreateServiceRequest, string | RegExp][] = [
    [{ Name: "a", DnsConfig: records("A") }, "Service namespace id cannot be null"],
    [{ Name: "a", NamespaceId: http, DnsConfig: records("A") }, "DnsConfig can't be specified"],
    [{ Name: "a", NamespaceId: dns }, "DnsConfig must be specified"],
    [{ Name: "a", NamespaceId: dns, DnsConfig: records("A", "SRV") }, "combination"],
    [{ Name: "a", NamespaceId: dns, DnsConfig: records("A", "A") }, "combination"],
    [{ Name: "a", NamespaceId: dns, DnsConfig: records("CNAME") }, "WEIGHTED"],
    [{ Name: "a", NamespaceId: dns, DnsConfig: records("A"), HealthCheckConfig: { Type: "TCP" } }, "private"],
    [
      { Name: "a", NamespaceId: open, DnsConfig: records("A"), HealthCheckConfig: { Type: "TCP", ResourcePath: "/" } },
      "ResourcePath",
    ],
    [
      { Name: "a", NamespaceId: http, HealthCheckConfig: { Type: "TCP" }, HealthCheckCustomConfig: {} },
      "HealthCheckCustomConfig",
    ],
    [{ Name: "a b", NamespaceId: http }, /^1 validation error detected: Value 'a b' at 'name'/],
    [{ Name: "a", NamespaceId: http, Type: "DNS" as "HTTP" }, /enum value set: \[HTTP\]/],
  ];
  for (const [input, message] of cases) await refused(create(input), "InvalidInput", message);
  await refused(create({ Name: "a", NamespaceId: "ns-none" }), "NamespaceNotFound");

  expect(await service({ Name: "api", NamespaceId: dns, Type: "HTTP" })).toMatchObject({ Type: "HTTP" });
  const checked = { Name: "web", NamespaceId: open, DnsConfig: records("A"), HealthCheckConfig: { Type: "HTTP" } };
  expect(await service(checked as CreateServiceRequest)).toMatchObject({
    HealthCheckConfig: { Type: "HTTP", ResourcePath: "/", FailureThreshold: 1 },
  });
  const one = await service({ Name: "Same", NamespaceId: http, CreatorRequestId: "c" });
  expect(await service({ Name: "Same", NamespaceId: http, CreatorRequestId: "c" })).toMatchObject({ Id: one.Id });
  expect((await service({ Name: "same", NamespaceId: http })).Id).not.toBe(one.Id);
  expect(await refused(create({ Name: "Same", NamespaceId: http }), "ServiceAlreadyExists")).toMatchObject({
    ServiceId: one.Id,
    ServiceArn: one.Arn,
    CreatorRequestId: "c",
  });
  const Filters = [{ Name: "NAMESPACE_ID" as const, Values: [http] }];
  expect((await client.send(new ListServicesCommand({ Filters }))).Services).toHaveLength(2);
});

test("an instance has what its service's records need", async () => {
  const NamespaceId = await namespace("needs.internal", "DNS_PRIVATE");
  const ofTypes = (...types: NonNullable<DnsRecord["Type"]>[]) => {
    const DnsConfig = { ...records(...types), RoutingPolicy: "WEIGHTED" as const };
    return service({ Name: types.join("-"), NamespaceId, DnsConfig });
  };
  const [a, both, srv, cname] = [
    await ofTypes("A"),
    await ofTypes("A", "AAAA"),
    await ofTypes("SRV"),
    await ofTypes("CNAME"),
  ];
  const register = (ServiceId: string | undefined, Attributes: Record<string, string>, InstanceId = "i") =>
    client.send(new RegisterInstanceCommand({ ServiceId, InstanceId, Attributes }));
  const ipv4 = { AWS_INSTANCE_IPV4: "10.0.0.1" };
  const cases: [string | undefined, Record<string, string>, string | RegExp][] = [
    [a.Id, {}, "AWS_INSTANCE_IPV4 is required"],
    [a.Id, { AWS_INSTANCE_IPV4: "10.0.0.256" }, "Invalid value"],
    [both.Id, ipv4, "AWS_INSTANCE_IPV6 is required"],
    [srv.Id, ipv4, "AWS_INSTANCE_PORT is required"],
    [srv.Id, { AWS_INSTANCE_PORT: "80" }, "AWS_INSTANCE_IPV4 is required"],
    [srv.Id, { ...ipv4, AWS_INSTANCE_PORT: "70000" }, "Invalid value"],
    [cname.Id, {}, "AWS_INSTANCE_CNAME is required"],
    [cname.Id, { AWS_INSTANCE_CNAME: "not a name" }, "Invalid value"],
    [a.Id, { AWS_ALIAS_DNS_NAME: "lb.example" }, "not the name of a load balancer"],
    [a.Id, { AWS_EC2_INSTANCE_ID: "i-0123" }, "does not exist"],
    [a.Id, { ...ipv4, AWS_INIT_HEALTH_STATUS: "SICK" }, "Invalid value"],
    [a.Id, { ...ipv4, ...Object.fromEntries(Array.from({ length: 31 }, (_, i) => [`k${i}`, "v"])) }, "maximum of 30"],
    [
      a.Id,
      { ...ipv4, ...Object.fromEntries(Array.from({ length: 5 }, (_, i) => [`k${i}`, "v".repeat(1024)])) },
      "5000",
    ],
  ];
  for (const [id, attributes, message] of cases) await refused(register(id, attributes), "InvalidInput", message);
  await refused(register("srv-none", ipv4), "ServiceNotFound");
  expect(await ended(register(srv.Id, { ...ipv4, AWS_INSTANCE_PORT: "80" }, "not/a/name"))).toMatchObject({
    Status: "FAIL",
    ErrorCode: "INVALID_CHANGE_BATCH",
    Targets: { NAMESPACE: NamespaceId, SERVICE: srv.Id, INSTANCE: "not/a/name" },
  });

  const registered = await ended(register(a.Arn, { ...ipv4, color: "blue" }));
  expect(registered).toMatchObject({ Type: "REGISTER_INSTANCE", Status: "SUCCESS" });
  expect(await client.send(new GetInstanceCommand({ ServiceId: a.Id, InstanceId: "i" }))).toMatchObject({
    Instance: { Id: "i", Attributes: { ...ipv4, color: "blue" } },
  });
  expect((await client.send(new GetServiceCommand({ Id: a.Id }))).Service).toMatchObject({ InstanceCount: 1 });
  await refused(
    client.send(new UpdateInstanceCustomHealthStatusCommand({ ServiceId: a.Id, InstanceId: "i", Status: "UNHEALTHY" })),
    "CustomHealthNotFound",
  );

  const update = (DnsRecords: DnsRecord[]) =>
    client.send(new UpdateServiceCommand({ Id: a.Id, Service: { Description: "d", DnsConfig: { DnsRecords } } }));
  expect(await ended(update([{ Type: "A", TTL: 5 }]))).toMatchObject({ Type: "UPDATE_SERVICE", Status: "SUCCESS" });
  expect((await client.send(new GetServiceCommand({ Id: a.Id }))).Service).toMatchObject({
    Description: "d",
    DnsConfig: { DnsRecords: [{ Type: "A", TTL: 5 }], RoutingPolicy: "WEIGHTED" },
  });
  await refused(update([{ Type: "AAAA", TTL: 5 }]), "InvalidInput", "can't be added");
});

test("the revision counts registrations, not health", async () => {
  const NamespaceId = await namespace("revisions");
  const { Id: ServiceId } = await service({ Name: "api", NamespaceId, HealthCheckCustomConfig: {} });
  const names = { NamespaceName: "revisions", ServiceName: "api" };
  const revision = async () => (await client.send(new DiscoverInstancesRevisionCommand(names))).InstancesRevision!;
  const before = await revision();
  const init = { AWS_INIT_HEALTH_STATUS: "UNHEALTHY" };
  await ended(client.send(new RegisterInstanceCommand({ ServiceId, InstanceId: "i", Attributes: init })));
  const registered = await revision();
  expect(registered).toBeGreaterThan(before);
  const healthy = new UpdateInstanceCustomHealthStatusCommand({ ServiceId, InstanceId: "i", Status: "HEALTHY" });
  await client.send(healthy);
  expect(await client.send(new DiscoverInstancesCommand(names))).toMatchObject({
    Instances: [{ InstanceId: "i", ...names, HealthStatus: "HEALTHY", Attributes: init }],
    InstancesRevision: registered,
  });
  await ended(client.send(new DeregisterInstanceCommand({ ServiceId, InstanceId: "i" })));
  expect(await revision()).toBeGreaterThan(registered);
  await refused(client.send(new DiscoverInstancesCommand({ ...names, ServiceName: "none" })), "ServiceNotFound");
  await refused(
    client.send(new DiscoverInstancesCommand({ ...names, NamespaceName: "none" })),
    "NamespaceNotFound",
    /^Namespace not found$/,
  );
  await refused(
    client.send(new DiscoverInstancesCommand({ ...names, OwnerAccount: "1".repeat(12) })),
    "NamespaceNotFound",
  );
});

test("the host prefix of DiscoverInstances does not matter to the engine", async () => {
  await service({ Name: "api", NamespaceId: await namespace("prefix") });
  const lookup: NonNullable<ConstructorParameters<typeof Agent>[0]>["lookup"] = (_, options, callback) =>
    options.all ? callback(null, [{ address: "127.0.0.1", family: 4 }]) : callback(null, "127.0.0.1", 4);
  const endpoint = engine.endpoint.replace("127.0.0.1", "localhost");
  const prefixing = makeClient({ endpoint, requestHandler: { httpAgent: new Agent({ lookup }) } });
  const { Instances } = await prefixing.send(
    new DiscoverInstancesCommand({ NamespaceName: "prefix", ServiceName: "api" }),
  );
  expect(Instances).toEqual([]);
});

test("operations are listed by what they concern", async () => {
  const NamespaceId = await namespace("operations");
  const { Id: ServiceId } = await service({ Name: "api", NamespaceId });
  await ended(client.send(new RegisterInstanceCommand({ ServiceId, InstanceId: "i", Attributes: {} })));
  const count = async (Filters: OperationFilter[]) =>
    (await client.send(new ListOperationsCommand({ Filters }))).Operations!.length;
  const ofNamespace: OperationFilter = { Name: "NAMESPACE_ID", Values: [NamespaceId] };
  expect(await count([ofNamespace])).toBe(2);
  expect(await count([{ Name: "SERVICE_ID", Values: [ServiceId!] }])).toBe(1);
  expect(await count([ofNamespace, { Name: "TYPE", Condition: "IN", Values: ["CREATE_NAMESPACE"] }])).toBe(1);
  expect(await count([ofNamespace, { Name: "STATUS", Values: ["FAIL"] }])).toBe(0);
  const now = Date.now() / 1000;
  const between = (from: number, to: number): OperationFilter => ({
    Name: "UPDATE_DATE",
    Condition: "BETWEEN",
    Values: [String(from), String(to)],
  });
  expect(await count([ofNamespace, between(now - 60, now + 60)])).toBe(2);
  expect(await count([ofNamespace, between(0, now - 60)])).toBe(0);
  await refused(client.send(new GetOperationCommand({ OperationId: "none" })), "OperationNotFound");
});

test("tags and attributes are added, replaced and removed", async () => {
  const NamespaceId = await namespace("tagged");
  const { Id, Arn } = await service({ Name: "api", NamespaceId, Tags: [{ Key: "a", Value: "1" }] });
  const tags = async () => (await client.send(new ListTagsForResourceCommand({ ResourceARN: Arn }))).Tags;
  const added = [
    { Key: "a", Value: "2" },
    { Key: "b", Value: "" },
  ];
  await client.send(new TagResourceCommand({ ResourceARN: Arn, Tags: added }));
  expect(await tags()).toEqual(added);
  await client.send(new UntagResourceCommand({ ResourceARN: Arn, TagKeys: ["a", "none"] }));
  expect(await tags()).toEqual([{ Key: "b", Value: "" }]);
  const many = Array.from({ length: 50 }, (_, i) => ({ Key: `k${i}`, Value: "" }));
  const tooMany = client.send(new TagResourceCommand({ ResourceARN: Arn, Tags: many }));
  expect(await refused(tooMany, "TooManyTagsException")).toMatchObject({ ResourceName: Arn });
  const none = new ListTagsForResourceCommand({ ResourceARN: `${Arn}x` });
  await refused(client.send(none), "ResourceNotFoundException");

  await client.send(new UpdateServiceAttributesCommand({ ServiceId: Id, Attributes: { port: "80", zone: "a" } }));
  await client.send(new DeleteServiceAttributesCommand({ ServiceId: Arn, Attributes: ["zone"] }));
  expect((await client.send(new GetServiceAttributesCommand({ ServiceId: Id }))).ServiceAttributes).toEqual({
    ServiceArn: Arn,
    ResourceOwner: "000000000000",
    Attributes: { port: "80" },
  });
  const Attributes = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`k${i}`, ""]));
  await refused(
    client.send(new UpdateServiceAttributesCommand({ ServiceId: Id, Attributes })),
    "ServiceAttributesLimitExceededException",
  );
});

test.each(["submitted", "pending"])("an operation that a kill interrupts when it is %s is finished", async (point) => {
  const { Id: ServiceId } = await service({ Name: "api", NamespaceId: await namespace(`killed-${point}`) });
  await engine.kill();
  await engine.up({ NEARGATE_FAILPOINTS: `servicediscovery.${point}=kill` });
  const { pid } = engine;
  const submitted = await client
    .send(new RegisterInstanceCommand({ ServiceId, InstanceId: "i", Attributes: { a: "b" } }))
    .catch(() => undefined); // it may die before it has answered
  await until(() => !engine.alive);
  await engine.up();
  expect(engine.pid).not.toBe(pid);
  const Filters: OperationFilter[] = [{ Name: "SERVICE_ID", Values: [ServiceId!] }];
  const { Operations } = await client.send(new ListOperationsCommand({ Filters }));
  expect(Operations).toHaveLength(1);
  const OperationId = Operations![0]!.Id!;
  expect(submitted?.OperationId ?? OperationId).toBe(OperationId);
  expect(await ended(Promise.resolve({ OperationId }))).toMatchObject({ Status: "SUCCESS" });
  const { Instances } = await client.send(new ListInstancesCommand({ ServiceId }));
  expect(Instances).toEqual([{ Id: "i", Attributes: { a: "b" }, CreatedByAccount: "000000000000" }]);
});
