import { expect, test } from "vitest";
import type { ContainerRecord, TaskRecord } from "../../../tasks/task-record.ts";
import { withInterruption } from "../../../tasks/interruption.ts";
import type { NewEvent } from "../../../events/event.ts";
import type { Ecs } from "../ecs.ts";
import { isStateChange, TaskEvents, taskStateChange } from "./task-events.ts";

const ARN = "arn:aws:ecs:us-west-2:111122223333";
const TASK = `${ARN}:task/default/0123456789abcdef0123456789abcdef`;
const at = (second: number) => new Date(Date.UTC(2026, 0, 2, 3, 4, second, 500));

const container: ContainerRecord = {
  id: "0123456789abcdef0123456789abcdef-1894169077",
  containerArn: `${ARN}:container/default/0123/c1`,
  name: "app",
  phase: "RUNNING",
  image: { digest: "sha256:12" } as NonNullable<ContainerRecord["image"]>,
  healthStatus: "HEALTHY",
  execAgent: { lastStatus: "RUNNING", startedAt: at(4), containerStartedAt: at(3) },
};

const running: TaskRecord = {
  scope: { account: "111122223333", region: "us-west-2" },
  taskId: "0123456789abcdef0123456789abcdef",
  taskArn: TASK,
  clusterArn: `${ARN}:cluster/default`,
  definition: {
    family: "web",
    taskDefinitionArn: `${ARN}:task-definition/web:1`,
    containerDefinitions: [{ name: "app", image: "app:1", healthCheck: { command: ["CMD", "true"] } }],
  },
  overrides: { containerOverrides: [{ name: "app", command: ["x"] }] },
  group: "service:web",
  startedBy: "ecs-svc/1234567890123456789",
  platformVersion: "1.4.0",
  capacityProvider: "FARGATE_SPOT",
  cpu: 256,
  memoryMiB: 512,
  tags: [{ key: "team", value: "a" }],
  eni: {
    interfaceId: "eni-1",
    subnetId: "subnet-1",
    availabilityZone: "us-west-2a",
    availabilityZoneId: "usw2-az1",
    vpcId: "vpc-1",
    privateIp: "10.0.0.139",
    macAddress: "0a:98:eb:a7:29:ba",
    privateDnsName: "ip-10-0-0-139.us-west-2.compute.internal",
  },
  attachmentId: "a1",
  enableExecuteCommand: true,
  network: {} as NonNullable<TaskRecord["network"]>,
  containers: [container],
  lastStatus: "RUNNING",
  desiredStatus: "RUNNING",
  version: 5,
  createdAt: at(0),
  connectivityAt: at(1),
  pullStartedAt: at(2),
  pullStoppedAt: at(2),
  startedAt: at(3),
};

test("a task that runs, as an event on AWS has it", () => {
  expect(JSON.parse(JSON.stringify(taskStateChange(running, at(5))))).toEqual({
    attachments: [
      {
        id: "a1",
        type: "eni",
        status: "ATTACHED",
        details: [
          { name: "subnetId", value: "subnet-1" },
          { name: "networkInterfaceId", value: "eni-1" },
          { name: "macAddress", value: "0a:98:eb:a7:29:ba" },
          { name: "privateDnsName", value: "ip-10-0-0-139.us-west-2.compute.internal" },
          { name: "privateIPv4Address", value: "10.0.0.139" },
        ],
      },
    ],
    attributes: [{ name: "ecs.cpu-architecture", value: "x86_64" }],
    availabilityZone: "us-west-2a",
    capacityProviderName: "FARGATE_SPOT",
    clusterArn: `${ARN}:cluster/default`,
    connectivity: "CONNECTED",
    connectivityAt: "2026-01-02T03:04:01.500Z",
    containers: [
      {
        containerArn: `${ARN}:container/default/0123/c1`,
        taskArn: TASK,
        name: "app",
        image: "app:1",
        imageDigest: "sha256:12",
        runtimeId: "0123456789abcdef0123456789abcdef-1894169077",
        lastStatus: "RUNNING",
        networkInterfaces: [{ attachmentId: "a1", privateIpv4Address: "10.0.0.139" }],
        managedAgents: [{ name: "ExecuteCommandAgent", status: "RUNNING", lastStartedAt: "2026-01-02T03:04:04.500Z" }],
        cpu: "0",
      },
    ],
    cpu: "256",
    createdAt: "2026-01-02T03:04:00.500Z",
    desiredStatus: "RUNNING",
    enableExecuteCommand: true,
    ephemeralStorage: { sizeInGiB: 20 },
    group: "service:web",
    lastStatus: "RUNNING",
    launchType: "FARGATE",
    memory: "512",
    overrides: { containerOverrides: [{ name: "app", command: ["x"] }] },
    platformVersion: "1.4.0",
    pullStartedAt: "2026-01-02T03:04:02.500Z",
    pullStoppedAt: "2026-01-02T03:04:02.500Z",
    startedAt: "2026-01-02T03:04:03.500Z",
    startedBy: "ecs-svc/1234567890123456789",
    taskArn: TASK,
    taskDefinitionArn: `${ARN}:task-definition/web:1`,
    updatedAt: "2026-01-02T03:04:05.500Z",
    version: 5,
  });
});

test("a task that others find unhealthy is told of its service", async () => {
  const registrations = [{ serviceId: "srv-1", attributes: {}, health: "reported" as const }];
  const found = { ...running, registrations, presence: "HEALTHY" as const };
  const told: NewEvent[] = [];
  const events = { publish: async (_: unknown, event: NewEvent) => void told.push(event) };
  const observer = new TaskEvents({ events, clock: { now: () => at(6).getTime() } } as unknown as Ecs);
  await observer.changed({ ...found, presence: "UNHEALTHY" }, found);
  await observer.changed(found, { ...found, presence: "UNHEALTHY" });
  expect(told).toEqual([
    {
      source: "aws.ecs",
      detailType: "ECS Service Action",
      resources: [`${ARN}:service/default/web`],
      time: at(6),
      detail: {
        eventType: "WARN",
        eventName: "SERVICE_DISCOVERY_INSTANCE_UNHEALTHY",
        clusterArn: `${ARN}:cluster/default`,
        serviceRegistryArns: ["arn:aws:servicediscovery:us-west-2:111122223333:service/srv-1"],
        taskArns: [TASK],
        createdAt: at(6),
      },
    },
  ]);
});

test("a Spot interruption is told of the task that still runs", () => {
  const warned = withInterruption(running, at(59))!;
  expect(isStateChange(running, warned)).toBe(true);
  expect(taskStateChange(warned, at(5))).toMatchObject({
    desiredStatus: "STOPPED",
    lastStatus: "RUNNING",
    stopCode: "SpotInterruption",
    stoppedReason: "Your Spot Task was interrupted.",
  });
});

test.each<[what: string, told: boolean, change: Partial<TaskRecord>]>([
  ["the task's status", true, { lastStatus: "DEPROVISIONING" }],
  ["what it is to be", true, { desiredStatus: "STOPPED" }],
  ["a container's status", true, { containers: [{ ...container, phase: "STOPPED" }] }],
  [
    "a managed agent's status",
    true,
    { containers: [{ ...container, execAgent: { lastStatus: "STOPPED", containerStartedAt: at(3) } }] },
  ],
  [
    "the Service Connect proxy's status",
    true,
    { proxy: { containerName: "p", running: true } as NonNullable<TaskRecord["proxy"]> },
  ],
  [
    "an EBS volume that is attached",
    true,
    { ebsVolume: { name: "v" } as NonNullable<TaskRecord["ebsVolume"]>, volumeSources: { v: "/v" } },
  ],
  ["health", false, { containers: [{ ...container, healthStatus: "UNHEALTHY" }] }],
  ["a restart in place", false, { containers: [{ ...container, restartCount: 1 }] }],
  ["protection", false, { protectedUntil: at(9) }],
  ["a retirement that is planned", false, { retireAt: at(9) }],
  ["how others find it", false, { presence: "UNHEALTHY" }],
])("a change of %s is told: %s", (_, told, change) => {
  expect(isStateChange(running, { ...running, ...change })).toBe(told);
});
