import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as sdk from "@aws-sdk/client-ecs";
import {
  CreateClusterCommand,
  CreateServiceCommand,
  ListTasksCommand,
  StopTaskCommand,
  TagResourceCommand,
  waitUntilServicesInactive,
  waitUntilServicesStable,
  waitUntilTasksRunning,
  type ListClustersCommand,
} from "@aws-sdk/client-ecs";
import { CreateSubnetCommand, DescribeVpcsCommand } from "@aws-sdk/client-ec2";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { attempt } from "../../support/command.ts";
import { TestEngine, until } from "../../support/engine.ts";
import { CLUSTER, Fargate } from "../../support/fargate.ts";
import { clusterCases } from "./cases/clusters.ts";
import { definitionCases } from "./cases/definitions.ts";
import { casesElsewhere } from "./cases/elsewhere.ts";
import type { OperationCase, World } from "./cases/operation-case.ts";
import { otherCases } from "./cases/others.ts";
import { serviceCases } from "./cases/services.ts";
import { taskCases } from "./cases/tasks.ts";

/* Every operation of ECS as the SDK has it: what it is for, at its limits, and beyond. */

const COMMANDS = sdk as Readonly<Record<string, unknown>>;
const OPERATIONS = Object.keys(COMMANDS).flatMap((name) => /^(?!\$)(\w+)Command$/.exec(name)?.[1] ?? []);
const TESTS = join(import.meta.dirname, "../..");

let engine: TestEngine;
let fargate: Fargate;
let world: World;
beforeAll(async () => {
  engine = await TestEngine.start(["--compute", "simulated"]);
  fargate = await Fargate.prepare(engine);
  world = await makeWorld();
});
afterAll(() => engine?.stop());

async function makeWorld(): Promise<World> {
  const { ecs, ec2 } = fargate.clients;
  await ecs.send(new CreateClusterCommand({ clusterName: "tagging" }));
  const plain = await fargate.define([{ image: "web:1" }], { family: "world" });
  await ecs.send(new TagResourceCommand({ resourceArn: plain, tags: [{ key: "from", value: "definition" }] }));
  const { Vpcs } = await ec2.send(new DescribeVpcsCommand({}));
  const VpcId = Vpcs![0]!.VpcId!;
  const subnetIds = [...fargate.subnetIds];
  while (subnetIds.length < 16) {
    const CidrBlock = `172.31.${128 + subnetIds.length}.0/28`;
    const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId, CidrBlock }));
    subnetIds.push(Subnet!.SubnetId!);
  }
  const groupIds = await Promise.all([1, 2, 3, 4, 5].map((n) => fargate.securityGroup(`group-${n}`, [])));
  const { service } = await ecs.send(
    new CreateServiceCommand({
      cluster: CLUSTER,
      serviceName: "web",
      taskDefinition: plain,
      desiredCount: 1,
      launchType: "FARGATE",
      networkConfiguration: fargate.network(),
    }),
  );
  const [[running], [stopped]] = await Promise.all([
    fargate.start(plain, { startedBy: "world" }),
    fargate.start(plain).then(async (tasks) => {
      await ecs.send(new StopTaskCommand({ cluster: CLUSTER, task: tasks[0]!.taskArn, reason: "enough" }));
      return await fargate.reach(tasks, "STOPPED");
    }),
  ]);
  let webTask: string | undefined;
  await until(async () => {
    const { taskArns } = await ecs.send(new ListTasksCommand({ cluster: CLUSTER, serviceName: "web" }));
    webTask = taskArns?.[0];
    return webTask !== undefined;
  });
  await fargate.reach([{ taskArn: webTask }], "RUNNING");
  return {
    ecs,
    subnetIds,
    groupIds,
    plain,
    running: running!.taskArn!,
    stopped: stopped!.taskArn!,
    web: service!.serviceArn!,
    webTask: webTask!,
  };
}

const cases = [clusterCases, definitionCases, serviceCases, taskCases, otherCases].flat();

describe("no operation is left out:", () => {
  test.each(OPERATIONS)("%s", (operation) => {
    const kinds = new Set(
      cases.flatMap(({ all }) => all.filter((one) => one.operation === operation)).map((one) => one.kind),
    );
    const elsewhere = casesElsewhere.get(operation);
    if (elsewhere) return expect(readFileSync(join(TESTS, elsewhere), "utf8")).toMatch(mentions(operation));
    // What there is none of is only refused.
    const all = kinds.has("positive") ? ["boundary", "negative", "positive"] : ["negative"];
    expect([...kinds].sort()).toEqual(all);
  });
});

/** The command of the SDK, or of the AWS CLI. */
function mentions(operation: string): RegExp {
  const typed = operation.replace(/(?<!^)[A-Z]/g, (letter) => `-${letter}`).toLowerCase();
  return new RegExp(`\\b${operation}Command\\b|\\b${typed}\\b`);
}

type Answer = Record<string, unknown>;

function send({ operation, input }: OperationCase): Promise<Answer> {
  const Command = COMMANDS[`${operation}Command`] as new (input: object) => ListClustersCommand;
  return world.ecs.send(new Command(input(world))) as unknown as Promise<Answer>;
}

for (const { all } of cases)
  describe(all[0]!.operation, () => {
    test.each(all)("$kind: $what", async (one) => {
      if (one.answer) return expect(await send(one)).toMatchObject(one.answer(world));
      const { name, message } = one.refused!;
      await expect(send(one)).rejects.toMatchObject({
        name,
        message: message instanceof RegExp ? expect.stringMatching(message) : message,
        $metadata: { httpStatusCode: 400 },
      });
    });
  });

describe("waiters", () => {
  test("of the AWS CLI end when it is true", async () => {
    const waitFor = (line: string) => {
      const words = ["--endpoint-url", engine.endpoint, "ecs", "wait", ...line.split(" ")];
      return attempt("/usr/bin/aws", words, { env: engine.env });
    };
    const ended = await Promise.all([
      waitFor(`tasks-running --cluster ${CLUSTER} --tasks ${world.running} ${world.webTask}`),
      waitFor(`tasks-stopped --cluster ${CLUSTER} --tasks ${world.stopped}`),
      waitFor(`services-stable --cluster ${CLUSTER} --services web`),
      waitFor(`services-inactive --cluster ${CLUSTER} --services tags`),
    ]);
    expect(ended).toEqual(ended.map(() => ({ code: 0, stdout: "", stderr: "" })));
  });

  test("of the SDK end when it cannot become true", async () => {
    const waiter = { client: world.ecs, maxWaitTime: 10, minDelay: 1, maxDelay: 1 };
    const none = { cluster: CLUSTER, services: ["none"] };
    // All are listened to at once: whichever is over first.
    await Promise.all(
      [
        waitUntilTasksRunning(waiter, { cluster: CLUSTER, tasks: [world.stopped] }),
        waitUntilServicesStable(waiter, none),
        waitUntilServicesInactive(waiter, none),
      ].map((waiting) => expect(waiting).rejects.toThrow(/"state":"FAILURE"/)),
    );
  });
});
