import {
  CloudTrailClient,
  LookupEventsCommand,
  type Event,
  type LookupEventsCommandInput,
  type LookupAttributeKey,
} from "@aws-sdk/client-cloudtrail";
import { CreateClusterCommand, DescribeClustersCommand, RegisterTaskDefinitionCommand } from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { TestEngine } from "../support/engine.ts";

/* The event history: what was called, by whom, is told by LookupEvents. */

let engine: TestEngine;
let trail: CloudTrailClient;

beforeAll(async () => {
  engine = await TestEngine.start(["--compute", "simulated"]);
  const { endpoint, region, credentials } = engine;
  trail = new CloudTrailClient({ endpoint, region, credentials, maxAttempts: 1 });
});
afterAll(() => engine?.stop());

async function eventsOf(key: LookupAttributeKey, value: string): Promise<Event[]> {
  const { Events } = await trail.send(
    new LookupEventsCommand({ LookupAttributes: [{ AttributeKey: key, AttributeValue: value }] }),
  );
  return Events!;
}

const recordOf = ({ CloudTrailEvent }: Event) => JSON.parse(CloudTrailEvent!) as Record<string, unknown>;

test("a call is found by its name, resource, user, key and source", async () => {
  const { ecs } = engine.clients();
  const { cluster, $metadata } = await ecs.send(new CreateClusterCommand({ clusterName: "audited" }));
  const [event] = await eventsOf("EventName", "CreateCluster");
  expect(event).toMatchObject({
    EventName: "CreateCluster",
    EventSource: "ecs.amazonaws.com",
    ReadOnly: "false",
    Username: "root",
    AccessKeyId: engine.credentials.accessKeyId,
  });
  expect(Math.abs(event!.EventTime!.getTime() - Date.now())).toBeLessThan(60_000);
  expect(recordOf(event!)).toMatchObject({
    userIdentity: { type: "Root", arn: "arn:aws:iam::000000000000:root" },
    sourceIPAddress: "127.0.0.1",
    requestParameters: { clusterName: "audited" },
    responseElements: { cluster: { clusterArn: cluster!.clusterArn } },
    requestID: $metadata.requestId,
  });
  for (const [key, value] of [
    ["EventId", event!.EventId!],
    ["ResourceName", "audited"],
    ["ResourceType", "AWS::ECS::Cluster"],
    ["Username", "root"],
    ["EventSource", "ecs.amazonaws.com"],
    ["AccessKeyId", engine.credentials.accessKeyId],
    ["ReadOnly", "false"],
  ] as const)
    expect((await eventsOf(key, value)).map(({ EventId }) => EventId)).toContain(event!.EventId);
});

test("what was refused is told with its error, and environments are hidden", async () => {
  const { ecs } = engine.clients();
  await expect(
    ecs.send(
      new RegisterTaskDefinitionCommand({
        family: "hides",
        requiresCompatibilities: ["FARGATE"],
        cpu: "1",
        memory: "512",
        networkMode: "awsvpc",
        containerDefinitions: [{ name: "a", image: "b", environment: [{ name: "PASSWORD", value: "open-sesame" }] }],
      }),
    ),
  ).rejects.toThrow();
  const [event] = await eventsOf("EventName", "RegisterTaskDefinition");
  const record = recordOf(event!);
  expect(record).toMatchObject({ errorCode: "ClientException", responseElements: null });
  expect(event!.CloudTrailEvent).toContain("HIDDEN_DUE_TO_SECURITY_REASONS");
  expect(event!.CloudTrailEvent).not.toContain("open-sesame");
});

test("the AWS CLI pages through the history, the latest first", async () => {
  const { ecs } = engine.clients();
  for (const name of ["p1", "p2", "p3"]) await ecs.send(new DescribeClustersCommand({ clusters: [name] }));
  const lookup = [
    "cloudtrail",
    "lookup-events",
    "--lookup-attributes",
    "AttributeKey=EventName,AttributeValue=DescribeClusters",
  ];
  const { Events } = await engine.awsJson<{ Events: { CloudTrailEvent: string }[] }>(...lookup, "--page-size", "1");
  const clusters = Events.map(
    ({ CloudTrailEvent }) =>
      (JSON.parse(CloudTrailEvent) as { requestParameters: { clusters: string[] } }).requestParameters.clusters[0],
  );
  expect(clusters).toEqual(["p3", "p2", "p1"]);
});

test("attributes, times and tokens that cannot be are refused", async () => {
  const send = (input: LookupEventsCommandInput) => trail.send(new LookupEventsCommand(input));
  await expect(send({ StartTime: new Date(), EndTime: new Date(0) })).rejects.toMatchObject({
    name: "InvalidTimeRangeException",
  });
  await expect(send({ NextToken: "x" })).rejects.toMatchObject({ name: "InvalidNextTokenException" });
  const attribute = { AttributeKey: "EventName" as const, AttributeValue: "x" };
  await expect(send({ LookupAttributes: [attribute, attribute] })).rejects.toMatchObject({
    name: "InvalidLookupAttributesException",
  });
});

test("the history survives the death of the control plane", async () => {
  const { ecs } = engine.clients();
  await ecs.send(new CreateClusterCommand({ clusterName: "remembered" }));
  await engine.kill();
  await engine.up();
  expect(await eventsOf("ResourceName", "remembered")).toHaveLength(1);
});
