import { CloudWatchClient, PutMetricAlarmCommand, SetAlarmStateCommand } from "@aws-sdk/client-cloudwatch";
import {
  DeleteServiceCommand,
  DescribeServiceDeploymentsCommand,
  DescribeServiceRevisionsCommand,
  ListServiceDeploymentsCommand,
  StopServiceDeploymentCommand,
  type Service,
} from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { TestEngine } from "../support/engine.ts";
import { CLUSTER, Fargate } from "../support/fargate.ts";
import { messages, probed, Services, untilSeen } from "./ecs/services.ts";

/* Deployments as their API shows them, on containers that do what their image's tag says. Probes come every 5 s. */
vi.setConfig({ maxConcurrency: 20 });

let engine: TestEngine;
let fargate: Fargate;
let services: Services;
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
  services = new Services(fargate, good);
});
afterAll(() => engine?.stop());

const BREAKER = { enable: true, rollback: true };

const digits = (arn: string | undefined) => arn!.split("/").at(-1)!;

describe.concurrent("deployments", () => {
  describe("a service deployment", () => {
    test("goes from PENDING to SUCCESSFUL, with its revision", async () => {
      const created = await services.create("first", { desiredCount: 2 });
      const [primary] = created.deployments!;
      expect(created.currentServiceDeployment).toMatch(
        /^arn:aws:ecs:us-east-1:\d{12}:service-deployment\/test\/first\/[\w-]{21}$/,
      );
      const revision = created.serviceArn!.replace(":service/", ":service-revision/") + `/${digits(primary!.id)}`;
      expect(created.currentServiceRevisions).toEqual([
        { arn: revision, requestedTaskCount: 2, runningTaskCount: 0, pendingTaskCount: 0 },
      ]);
      const done = await services.deployed("first");
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
      expect((await services.describe("first")).currentServiceDeployment).toBeUndefined();
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
      await services.create("listed");
      await services.deployed("listed");
      await services.update("listed", { forceNewDeployment: true });
      await services.deployed("listed");
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
      await services.create("superseded");
      await services.deployed("superseded");
      await services.update("superseded", { taskDefinition: bad });
      await services.update("superseded", { taskDefinition: better, desiredCount: 2 });
      const last = await services.deployed("superseded");
      const [, middle, first] = await services.deployments("superseded");
      expect([middle!.status, first!.status]).toEqual(["STOPPED", "SUCCESSFUL"]);
      expect(middle).toMatchObject({ stoppedAt: expect.any(Date), finishedAt: expect.any(Date) });
      expect(last.sourceServiceRevisions!.map(({ arn }) => arn)).toContain(first!.targetServiceRevision!.arn);
      expect(last.sourceServiceRevisions!.every(({ runningTaskCount }) => runningTaskCount === 0)).toBe(true);
      const { deployments: left } = await services.until("superseded", (seen) => seen.deployments!.length === 1);
      expect(left).toMatchObject([
        { status: "PRIMARY", taskDefinition: better, rolloutState: "COMPLETED", runningCount: 2 },
      ]);
    });

    test("is forgotten with its service", async () => {
      const { currentServiceDeployment, currentServiceRevisions } = await services.create("deleted", {
        desiredCount: 0,
      });
      const { ecs } = fargate.clients;
      await ecs.send(new DeleteServiceCommand({ cluster: CLUSTER, service: "deleted" }));
      await services.until("deleted", ({ status }) => status === "INACTIVE");
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
      await services.create("breaker", {
        deploymentConfiguration: {
          deploymentCircuitBreaker: { ...BREAKER, thresholdConfiguration: { type: "COUNT", value: 1 } },
        },
      });
      const first = await services.deployed("breaker");
      const updated = await services.update("breaker", { taskDefinition: bad });
      const failed = updated.deployments![0]!.id;
      const after = await services.deployed("breaker", "ROLLBACK_SUCCESSFUL");
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
      const service = await services.describe("breaker");
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
      await services.create("sick", {
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
      await services.deployed("sick");
      const updated = await services.update("sick", { taskDefinition: sick });
      const after = await services.deployed("sick", "STOPPED");
      expect(after).toMatchObject({
        deploymentCircuitBreaker: { status: "TRIGGERED", failureCount: 1, threshold: 1 },
        stoppedAt: expect.any(Date),
      });
      const service = await services.describe("sick");
      expect(service.deployments![0]).toMatchObject({
        id: updated.deployments![0]!.id,
        rolloutState: "FAILED",
        rolloutStateReason: "ECS deployment circuit breaker: tasks failed to start.",
      });
      expect(messages(service).some((text) => /\(task \w+\) failed container health checks\.$/.test(text))).toBe(true);
    });

    test("finds nothing to go back to in a service's first deployment", async () => {
      await services.create("hopeless", {
        taskDefinition: bad,
        deploymentConfiguration: {
          deploymentCircuitBreaker: { ...BREAKER, thresholdConfiguration: { type: "COUNT", value: 1 } },
        },
      });
      expect(await services.deployed("hopeless", "ROLLBACK_FAILED")).toMatchObject({
        statusReason: "No rollback candidate was found to run the rollback.",
      });
      // A new one starts afresh.
      await services.update("hopeless", { taskDefinition: good });
      await services.deployed("hopeless");
    });
  });

  describe("StopServiceDeployment", () => {
    test("rolls back, also without a circuit breaker", async () => {
      await services.create("stopped");
      const first = await services.deployed("stopped");
      const { currentServiceDeployment } = await services.update("stopped", { taskDefinition: bad });
      const { ecs } = fargate.clients;
      const stop = () =>
        ecs.send(new StopServiceDeploymentCommand({ serviceDeploymentArn: currentServiceDeployment! }));
      expect((await stop()).serviceDeploymentArn).toBe(currentServiceDeployment);
      await stop();
      const after = await services.deployed("stopped", "ROLLBACK_SUCCESSFUL");
      expect(after.rollback).toMatchObject({ serviceRevisionArn: first.targetServiceRevision!.arn });
      expect((await services.describe("stopped")).taskDefinition).toBe(good);
      await expect(stop()).rejects.toMatchObject({ name: "ConflictException" });
    });

    test("leaves it where it is", async () => {
      await services.create("aborted");
      await services.deployed("aborted");
      const { currentServiceDeployment } = await services.update("aborted", { taskDefinition: bad });
      await fargate.clients.ecs.send(
        new StopServiceDeploymentCommand({ serviceDeploymentArn: currentServiceDeployment!, stopType: "ABORT" }),
      );
      await services.deployed("aborted", "STOPPED");
      const service = await services.describe("aborted");
      expect(service.deployments).toMatchObject([
        { status: "PRIMARY", taskDefinition: bad, rolloutState: "FAILED" },
        { status: "ACTIVE", taskDefinition: good, runningCount: 1 },
      ]);
      // What is left can still be scaled in.
      await services.update("aborted", { desiredCount: 0 });
      await services.until("aborted", ({ runningCount }) => runningCount === 0);
    });
  });

  test("early success: a share of the tasks is enough, and the old ones go later", async () => {
    await services.create("early", {
      desiredCount: 2,
      deploymentConfiguration: {
        minimumHealthyPercent: 50,
        maximumPercent: 150,
        earlySuccessCriteria: { enable: true, healthyPercent: 50, sourceServiceRevisionCleanup: "DEFERRED" },
      },
    });
    await services.deployed("early");
    await services.update("early", { taskDefinition: better });
    const done = await services.deployed("early");
    expect(done.targetServiceRevision!.runningTaskCount).toBeLessThanOrEqual(2);
    // The last new task starts beside the end of the old ones.
    const isWhole = ({ deployments, runningCount }: Service) => deployments!.length === 1 && runningCount === 2;
    const { deployments: left } = await services.until("early", isWhole);
    expect(left).toMatchObject([{ taskDefinition: better, runningCount: 2 }]);
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
          TreatMissingData: "ignore", // one that was rung rings on
        }),
      );
    }
    const ring = (AlarmName: string) =>
      cloudWatch.send(new SetAlarmStateCommand({ AlarmName, StateValue: "ALARM", StateReason: "test" }));
    await ring("noise");
    await services.create("watched");
    const first = await services.deployed("watched");
    const alarms = { alarmNames: ["errors", "noise"], enable: true, rollback: true };
    const updated = await services.update("watched", { taskDefinition: better, deploymentConfiguration: { alarms } });
    expect(updated.deploymentConfiguration!.alarms).toEqual(alarms);
    // Without a time of its own it is watched for as long as the alarms need.
    const baking = await untilSeen(
      async () => (await services.deployments("watched"))[0]!,
      ({ lifecycleStage }) => lifecycleStage === "BAKE_TIME",
    );
    expect(baking).toMatchObject({
      status: "IN_PROGRESS",
      alarms: { status: "MONITORING", alarmNames: ["errors", "noise"], triggeredAlarmNames: [] },
    });
    await ring("errors");
    const after = await services.deployed("watched", "ROLLBACK_SUCCESSFUL");
    expect(after).toMatchObject({
      alarms: { status: "TRIGGERED", triggeredAlarmNames: ["errors"] },
      rollback: { serviceRevisionArn: first.targetServiceRevision!.arn },
    });
    const service = await services.describe("watched");
    expect(messages(service)).toContain(
      `(service watched) (deployment ${updated.deployments![0]!.id}) deployment failed: alarm detected.`,
    );
    expect(service.deployments).toMatchObject([{ taskDefinition: good, rolloutState: "COMPLETED" }]);
  });
});
