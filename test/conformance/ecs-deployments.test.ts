import { CloudWatchClient, PutMetricAlarmCommand, SetAlarmStateCommand } from "@aws-sdk/client-cloudwatch";
import {
  CreateServiceCommand,
  DeleteServiceCommand,
  DescribeServiceDeploymentsCommand,
  DescribeServiceRevisionsCommand,
  DescribeServicesCommand,
  DescribeTasksCommand,
  ListServiceDeploymentsCommand,
  ListTasksCommand,
  StopServiceDeploymentCommand,
  UpdateServiceCommand,
  UpdateTaskProtectionCommand,
  type ContainerDefinition,
  type CreateServiceRequest,
  type Service,
  type ServiceDeployment,
  type Task,
  type UpdateServiceRequest,
} from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { TestEngine, until } from "../support/engine.ts";
import { CLUSTER, Fargate } from "../support/fargate.ts";

/* Deployments as their API shows them, on containers that do what their image's tag says. Probes come every 5 s. */
vi.setConfig({ maxConcurrency: 20 });

let engine: TestEngine;
let fargate: Fargate;
/** One that is healthy as soon as it was probed, and another; one that never starts; one that is never healthy. */
let good: string;
let better: string;
let bad: string;
let sick: string;

beforeAll(async () => {
  engine = await TestEngine.start(["--compute", "simulated"]);
  fargate = await Fargate.prepare(engine);
  [good, better, bad, sick] = await Promise.all([
    fargate.define([probed("public.example/web:1")]),
    fargate.define([probed("public.example/web:2")]),
    fargate.define([probed("public.example/web:create-error")]),
    fargate.define([probed("public.example/web:unhealthy")]),
  ]);
}, 60_000);
afterAll(() => engine.stop());

function probed(image: string): Partial<ContainerDefinition> {
  return { image, healthCheck: { command: ["CMD", "true"], interval: 5, retries: 1 } };
}

const BREAKER = { enable: true, rollback: true };

async function create(serviceName: string, more: Partial<CreateServiceRequest> = {}): Promise<Service> {
  const { service } = await fargate.clients.ecs.send(
    new CreateServiceCommand({
      cluster: CLUSTER,
      serviceName,
      taskDefinition: good,
      desiredCount: 1,
      launchType: "FARGATE",
      networkConfiguration: fargate.network(),
      ...more,
    }),
  );
  return service!;
}

async function update(service: string, more: Partial<UpdateServiceRequest>): Promise<Service> {
  const answer = await fargate.clients.ecs.send(new UpdateServiceCommand({ cluster: CLUSTER, service, ...more }));
  return answer.service!;
}

async function describeService(service: string): Promise<Service> {
  const { services } = await fargate.clients.ecs.send(
    new DescribeServicesCommand({ cluster: CLUSTER, services: [service] }),
  );
  return services![0]!;
}

/** All of a service's deployments, newest first. */
async function deployments(service: string): Promise<ServiceDeployment[]> {
  const { ecs } = fargate.clients;
  const { serviceDeployments } = await ecs.send(new ListServiceDeploymentsCommand({ cluster: CLUSTER, service }));
  const arns = serviceDeployments!.map(({ serviceDeploymentArn }) => serviceDeploymentArn!);
  const described = await ecs.send(new DescribeServiceDeploymentsCommand({ serviceDeploymentArns: arns }));
  expect(described.failures).toEqual([]);
  return described.serviceDeployments!;
}

async function untilStatus(service: string, status: string): Promise<ServiceDeployment> {
  return await untilSeen(
    async () => (await deployments(service))[0]!,
    (one) => one.status === status,
  );
}

/** Waits until what is looked at is as it should be, and answers it. */
async function untilSeen<T>(look: () => Promise<T>, isThere: (seen: T) => boolean): Promise<T> {
  let seen = await look();
  await until(async () => isThere((seen = await look())), 40_000);
  return seen;
}

const untilService = (service: string, isThere: (seen: Service) => boolean) =>
  untilSeen(() => describeService(service), isThere);

const messages = ({ events }: Service) => events!.map(({ message }) => message!);
const digits = (arn: string | undefined) => arn!.split("/").at(-1)!;

async function tasksOf(serviceName: string): Promise<Task[]> {
  const { ecs } = fargate.clients;
  const { taskArns } = await ecs.send(new ListTasksCommand({ cluster: CLUSTER, serviceName }));
  return (await ecs.send(new DescribeTasksCommand({ cluster: CLUSTER, tasks: taskArns }))).tasks!;
}

describe.concurrent("deployments", () => {
  describe("a service deployment", () => {
    test("goes from PENDING to SUCCESSFUL, with its revision", async () => {
      const created = await create("first", { desiredCount: 2 });
      const [primary] = created.deployments!;
      expect(created.currentServiceDeployment).toMatch(
        /^arn:aws:ecs:us-east-1:\d{12}:service-deployment\/test\/first\/[\w-]{21}$/,
      );
      const revision = created.serviceArn!.replace(":service/", ":service-revision/") + `/${digits(primary!.id)}`;
      expect(created.currentServiceRevisions).toEqual([
        { arn: revision, requestedTaskCount: 2, runningTaskCount: 0, pendingTaskCount: 0 },
      ]);
      const done = await untilStatus("first", "SUCCESSFUL");
      expect(done).toEqual({
        serviceDeploymentArn: created.currentServiceDeployment,
        serviceArn: created.serviceArn,
        clusterArn: created.clusterArn,
        createdAt: expect.any(Date),
        startedAt: expect.any(Date),
        finishedAt: expect.any(Date),
        updatedAt: expect.any(Date),
        targetServiceRevision: { arn: revision, requestedTaskCount: 2, runningTaskCount: 2, pendingTaskCount: 0 },
        status: "SUCCESSFUL",
        lifecycleHookDetails: [],
        deploymentConfiguration: {
          deploymentCircuitBreaker: {
            enable: false,
            rollback: false,
            resetOnHealthyTask: true,
            thresholdConfiguration: { type: "BOUNDED_PERCENT", value: 50 },
          },
          maximumPercent: 200,
          minimumHealthyPercent: 100,
          strategy: "ROLLING",
          bakeTimeInMinutes: 0,
        },
        deploymentCircuitBreaker: { status: "DISABLED", failureCount: 0, threshold: 3 },
        alarms: { status: "DISABLED" },
      });
      expect((await describeService("first")).currentServiceDeployment).toBeUndefined();
      const { ecs } = fargate.clients;
      const { serviceRevisions } = await ecs.send(
        new DescribeServiceRevisionsCommand({ serviceRevisionArns: [revision] }),
      );
      expect(serviceRevisions).toEqual([
        {
          serviceRevisionArn: revision,
          serviceArn: created.serviceArn,
          clusterArn: created.clusterArn,
          taskDefinition: good,
          launchType: "FARGATE",
          platformVersion: "1.4.0",
          platformFamily: "Linux",
          loadBalancers: [],
          serviceRegistries: [],
          networkConfiguration: created.networkConfiguration,
          containerImages: [
            {
              containerName: "app",
              image: "public.example/web:1",
              imageDigest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
            },
          ],
          guardDutyEnabled: false,
          createdAt: expect.any(Date),
        },
      ]);
    });

    test("is listed newest first, by status, time and page", async () => {
      await create("listed");
      await untilStatus("listed", "SUCCESSFUL");
      await update("listed", { forceNewDeployment: true });
      await untilStatus("listed", "SUCCESSFUL");
      const { ecs } = fargate.clients;
      const list = async (more: object = {}) =>
        await ecs.send(new ListServiceDeploymentsCommand({ cluster: CLUSTER, service: "listed", ...more }));
      const { serviceDeployments: all, nextToken: none } = await list();
      expect(none).toBeUndefined();
      expect(all!.map(({ createdAt }) => createdAt!.getTime())).toEqual(
        all!.map(({ createdAt }) => createdAt!.getTime()).toSorted((a, b) => b - a),
      );
      expect(all).toHaveLength(2);
      const first = await list({ maxResults: 1 });
      const second = await list({ maxResults: 1, nextToken: first.nextToken });
      expect([...first.serviceDeployments!, ...second.serviceDeployments!]).toEqual(all);
      expect(second.nextToken).toBeUndefined();
      expect((await list({ status: ["STOPPED", "PENDING"] })).serviceDeployments).toEqual([]);
      expect((await list({ createdAt: { before: all![1]!.createdAt } })).serviceDeployments).toEqual([all![1]]);
      expect((await list({ createdAt: { after: all![0]!.createdAt } })).serviceDeployments).toEqual([all![0]]);
      await expect(list({ service: "nobody" })).rejects.toMatchObject({ name: "ServiceNotFoundException" });
    });

    test("is STOPPED by the next one; of three only the last has tasks", async () => {
      await create("superseded");
      await untilStatus("superseded", "SUCCESSFUL");
      await update("superseded", { taskDefinition: bad });
      await update("superseded", { taskDefinition: better, desiredCount: 2 });
      const last = await untilStatus("superseded", "SUCCESSFUL");
      const [, middle, first] = await deployments("superseded");
      expect([middle!.status, first!.status]).toEqual(["STOPPED", "SUCCESSFUL"]);
      expect(middle).toMatchObject({ stoppedAt: expect.any(Date), finishedAt: expect.any(Date) });
      expect(last.sourceServiceRevisions!.map(({ arn }) => arn)).toContain(first!.targetServiceRevision!.arn);
      expect(last.sourceServiceRevisions!.every(({ runningTaskCount }) => runningTaskCount === 0)).toBe(true);
      const { deployments: left } = await untilService("superseded", (seen) => seen.deployments!.length === 1);
      expect(left).toMatchObject([
        { status: "PRIMARY", taskDefinition: better, rolloutState: "COMPLETED", runningCount: 2 },
      ]);
    });

    test("is forgotten with its service", async () => {
      const { currentServiceDeployment, currentServiceRevisions } = await create("deleted", { desiredCount: 0 });
      const { ecs } = fargate.clients;
      await ecs.send(new DeleteServiceCommand({ cluster: CLUSTER, service: "deleted" }));
      await untilService("deleted", ({ status }) => status === "INACTIVE");
      const described = await ecs.send(
        new DescribeServiceDeploymentsCommand({ serviceDeploymentArns: [currentServiceDeployment!] }),
      );
      expect(described).toMatchObject({
        serviceDeployments: [],
        failures: [{ arn: currentServiceDeployment, reason: "MISSING" }],
      });
      const { arn } = currentServiceRevisions![0]!;
      const revisions = await ecs.send(new DescribeServiceRevisionsCommand({ serviceRevisionArns: [arn!] }));
      expect(revisions).toMatchObject({ serviceRevisions: [], failures: [{ arn, reason: "MISSING" }] });
    });

    test("has an ARN that is one of its kind", async () => {
      const { ecs } = fargate.clients;
      for (const text of ["web", "arn:aws:ecs:us-east-1:000000000000:service/test/web"])
        await expect(
          ecs.send(new DescribeServiceDeploymentsCommand({ serviceDeploymentArns: [text] })),
        ).rejects.toMatchObject({ name: "InvalidParameterException" });
      await expect(
        ecs.send(new DescribeServiceDeploymentsCommand({ serviceDeploymentArns: [] })),
      ).rejects.toMatchObject({
        name: "InvalidParameterException",
        message: "ServiceDeploymentArns cannot be empty.",
      });
      const many = Array.from({ length: 21 }, (_, index) => `arn:aws:ecs:us-east-1:1:service-revision/a/b/${index}`);
      await expect(ecs.send(new DescribeServiceRevisionsCommand({ serviceRevisionArns: many }))).rejects.toMatchObject({
        message: "ServiceRevisionArns cannot have more than 20 elements",
      });
      await expect(
        ecs.send(
          new StopServiceDeploymentCommand({
            serviceDeploymentArn:
              "arn:aws:ecs:us-east-1:000000000000:service-deployment/test/web/123456789012345678901",
          }),
        ),
      ).rejects.toMatchObject({ name: "ServiceDeploymentNotFoundException" });
    });
  });

  describe("the circuit breaker", () => {
    test("counts failed starts and rolls back", async () => {
      await create("breaker", {
        deploymentConfiguration: {
          deploymentCircuitBreaker: { ...BREAKER, thresholdConfiguration: { type: "COUNT", value: 1 } },
        },
      });
      const first = await untilStatus("breaker", "SUCCESSFUL");
      const updated = await update("breaker", { taskDefinition: bad });
      const failed = updated.deployments![0]!.id;
      const after = await untilStatus("breaker", "ROLLBACK_SUCCESSFUL");
      const reason = "Service deployment rolled back because the circuit breaker threshold was exceeded.";
      expect(after).toMatchObject({
        statusReason: reason,
        deploymentCircuitBreaker: { status: "TRIGGERED", failureCount: 1, threshold: 1 },
        rollback: {
          reason,
          startedAt: expect.any(Date),
          serviceRevisionArn: first.targetServiceRevision!.arn,
        },
      });
      const service = await describeService("breaker");
      const [primary] = service.deployments!;
      expect(service.deployments).toHaveLength(1);
      expect(primary).toMatchObject({ taskDefinition: good, rolloutState: "COMPLETED" });
      const back = messages(service).indexOf(`(service breaker) rolling back to deployment ${primary!.id}.`);
      expect(messages(service)[back + 1]).toBe(
        `(service breaker) (deployment ${failed}) deployment failed: tasks failed to start.`,
      );
      expect(service.currentServiceRevisions).toMatchObject([{ arn: first.targetServiceRevision!.arn }]);
    });

    test("counts tasks that fail their health checks", async () => {
      await create("sick", {
        deploymentConfiguration: {
          minimumHealthyPercent: 0,
          maximumPercent: 100,
          deploymentCircuitBreaker: {
            enable: true,
            rollback: false,
            thresholdConfiguration: { type: "COUNT", value: 1 },
          },
        },
      });
      await untilStatus("sick", "SUCCESSFUL");
      const updated = await update("sick", { taskDefinition: sick });
      const after = await untilStatus("sick", "STOPPED");
      expect(after).toMatchObject({
        deploymentCircuitBreaker: { status: "TRIGGERED", failureCount: 1, threshold: 1 },
        stoppedAt: expect.any(Date),
      });
      const service = await describeService("sick");
      expect(service.deployments![0]).toMatchObject({
        id: updated.deployments![0]!.id,
        rolloutState: "FAILED",
        rolloutStateReason: "ECS deployment circuit breaker: tasks failed to start.",
      });
      expect(messages(service).some((text) => /\(task \w+\) failed container health checks\.$/.test(text))).toBe(true);
    });

    test("finds nothing to go back to in a service's first deployment", async () => {
      await create("hopeless", {
        taskDefinition: bad,
        deploymentConfiguration: {
          deploymentCircuitBreaker: { ...BREAKER, thresholdConfiguration: { type: "COUNT", value: 1 } },
        },
      });
      expect(await untilStatus("hopeless", "ROLLBACK_FAILED")).toMatchObject({
        statusReason: "No rollback candidate was found to run the rollback.",
      });
      // A new one starts afresh.
      await update("hopeless", { taskDefinition: good });
      await untilStatus("hopeless", "SUCCESSFUL");
    });
  });

  describe("StopServiceDeployment", () => {
    test("rolls back, also without a circuit breaker", async () => {
      await create("stopped");
      const first = await untilStatus("stopped", "SUCCESSFUL");
      const { currentServiceDeployment } = await update("stopped", { taskDefinition: bad });
      const { ecs } = fargate.clients;
      const stop = () =>
        ecs.send(new StopServiceDeploymentCommand({ serviceDeploymentArn: currentServiceDeployment! }));
      expect((await stop()).serviceDeploymentArn).toBe(currentServiceDeployment);
      await stop();
      const after = await untilStatus("stopped", "ROLLBACK_SUCCESSFUL");
      expect(after.rollback).toMatchObject({ serviceRevisionArn: first.targetServiceRevision!.arn });
      expect((await describeService("stopped")).taskDefinition).toBe(good);
      await expect(stop()).rejects.toMatchObject({ name: "ConflictException" });
    });

    test("leaves it where it is", async () => {
      await create("aborted");
      await untilStatus("aborted", "SUCCESSFUL");
      const { currentServiceDeployment } = await update("aborted", { taskDefinition: bad });
      await fargate.clients.ecs.send(
        new StopServiceDeploymentCommand({ serviceDeploymentArn: currentServiceDeployment!, stopType: "ABORT" }),
      );
      await untilStatus("aborted", "STOPPED");
      const service = await describeService("aborted");
      expect(service.deployments).toMatchObject([
        { status: "PRIMARY", taskDefinition: bad, rolloutState: "FAILED" },
        { status: "ACTIVE", taskDefinition: good, runningCount: 1 },
      ]);
      // What is left can still be scaled in.
      await update("aborted", { desiredCount: 0 });
      await untilService("aborted", ({ runningCount }) => runningCount === 0);
    });
  });

  test("where tasks are placed is not for a service to say", async () => {
    const constraints = { placementConstraints: [{ type: "distinctInstance" as const }] };
    const strategy = { placementStrategy: [{ type: "random" as const }] };
    await create("placed", { desiredCount: 0, placementConstraints: [], placementStrategy: [] });
    await update("placed", { placementConstraints: [], placementStrategy: [] });
    for (const send of [() => create("other", constraints), () => update("placed", constraints)])
      await expect(send()).rejects.toMatchObject({
        name: "InvalidParameterException",
        message: "Placement constraints are not supported with FARGATE launch type.",
      });
    for (const send of [() => create("other", strategy), () => update("placed", strategy)])
      await expect(send()).rejects.toMatchObject({
        name: "InvalidParameterException",
        message: "Placement strategies are not supported with FARGATE launch type.",
      });
  });

  test("early success: a share of the tasks is enough, and the old ones go later", async () => {
    await create("early", {
      desiredCount: 2,
      deploymentConfiguration: {
        minimumHealthyPercent: 50,
        maximumPercent: 150,
        earlySuccessCriteria: { enable: true, healthyPercent: 50, sourceServiceRevisionCleanup: "DEFERRED" },
      },
    });
    await untilStatus("early", "SUCCESSFUL");
    await update("early", { taskDefinition: better });
    const done = await untilStatus("early", "SUCCESSFUL");
    expect(done.targetServiceRevision!.runningTaskCount).toBeLessThanOrEqual(2);
    const { deployments: left } = await untilService("early", (seen) => seen.deployments!.length === 1);
    expect(left).toMatchObject([{ taskDefinition: better, runningCount: 2 }]);
  });

  test("scaling 10, 0, 10 and 3 in quick succession ends at exactly 3", async () => {
    await create("scaled", { desiredCount: 10 });
    for (const desiredCount of [0, 10, 3]) await update("scaled", { desiredCount });
    const settled = await untilService("scaled", (seen) => seen.runningCount === 3 && seen.pendingCount === 0);
    expect(settled.desiredCount).toBe(3);
    const { taskArns } = await fargate.clients.ecs.send(
      new ListTasksCommand({ cluster: CLUSTER, serviceName: "scaled" }),
    );
    expect(taskArns).toHaveLength(3);
  });

  test("tasks are moved from full zones to empty ones, one healthy before another goes", async () => {
    const { ecs } = fargate.clients;
    const created = await create("balanced", { desiredCount: 6 });
    expect(created.availabilityZoneRebalancing).toBe("ENABLED");
    await untilStatus("balanced", "SUCCESSFUL");
    const all = await tasksOf("balanced");
    const [zone] = Map.groupBy(all, ({ availabilityZone }) => availabilityZone).keys();
    const kept = all.filter(({ availabilityZone }) => availabilityZone === zone).map(({ taskArn }) => taskArn!);
    const protect = (protectionEnabled: boolean) =>
      ecs.send(new UpdateTaskProtectionCommand({ cluster: CLUSTER, tasks: kept, protectionEnabled }));
    await protect(true);
    await update("balanced", { desiredCount: kept.length });
    const unbalanced = await untilService("balanced", (seen) =>
      messages(seen)[0]!.includes("AZ Rebalancing in progress"),
    );
    const counts = ["a", "b", "c"].map((letter) => `us-east-1${letter}`).map((one) => [one === zone ? 2 : 0, one]);
    const [first, second, third] = counts.map(([count, one]) => `${count} tasks in ${one}`);
    expect(messages(unbalanced)[0]).toBe(
      `(service balanced) is not AZ balanced with ${first}, ${second}, and ${third}. AZ Rebalancing in progress.`,
    );
    await protect(false);
    const after = await untilService("balanced", (seen) =>
      messages(seen).some((text) => text.startsWith("(service balanced) is AZ balanced with ")),
    );
    expect(messages(after)).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/has started 1 tasks in us-east-1\w to AZ Rebalance: \(task \w+\)\.$/),
        expect.stringMatching(
          new RegExp(`has stopped 1 running tasks in ${zone} due to AZ rebalancing: \\(task \\w+\\)\\.$`),
        ),
      ]),
    );
    const left = (await tasksOf("balanced")).map(({ availabilityZone }) => availabilityZone);
    expect(new Set(left).size).toBe(kept.length);
  });

  test("an alarm rolls back what was rolled out; one that rang before does not count", async () => {
    const cloudWatch = new CloudWatchClient({
      endpoint: engine.endpoint,
      region: engine.region,
      credentials: engine.credentials,
    });
    for (const AlarmName of ["errors", "noise"]) {
      await cloudWatch.send(
        new PutMetricAlarmCommand({
          AlarmName,
          Namespace: "Test",
          MetricName: AlarmName,
          Statistic: "Sum",
          Period: 60,
          EvaluationPeriods: 1,
          Threshold: 1,
          ComparisonOperator: "GreaterThanOrEqualToThreshold",
        }),
      );
    }
    const ring = (AlarmName: string) =>
      cloudWatch.send(new SetAlarmStateCommand({ AlarmName, StateValue: "ALARM", StateReason: "test" }));
    await ring("noise");
    await create("watched");
    const first = await untilStatus("watched", "SUCCESSFUL");
    const alarms = { alarmNames: ["errors", "noise"], enable: true, rollback: true };
    const updated = await update("watched", { taskDefinition: better, deploymentConfiguration: { alarms } });
    expect(updated.deploymentConfiguration!.alarms).toEqual(alarms);
    // Without a time of its own it is watched for as long as the alarms need.
    const baking = await untilSeen(
      async () => (await deployments("watched"))[0]!,
      ({ lifecycleStage }) => lifecycleStage === "BAKE_TIME",
    );
    expect(baking).toMatchObject({
      status: "IN_PROGRESS",
      alarms: { status: "MONITORING", alarmNames: ["errors", "noise"], triggeredAlarmNames: [] },
    });
    await ring("errors");
    const after = await untilStatus("watched", "ROLLBACK_SUCCESSFUL");
    expect(after).toMatchObject({
      alarms: { status: "TRIGGERED", triggeredAlarmNames: ["errors"] },
      rollback: { serviceRevisionArn: first.targetServiceRevision!.arn },
    });
    const service = await describeService("watched");
    expect(messages(service)).toContain(
      `(service watched) (deployment ${updated.deployments![0]!.id}) deployment failed: alarm detected.`,
    );
    expect(service.deployments).toMatchObject([{ taskDefinition: good, rolloutState: "COMPLETED" }]);
  });
});
