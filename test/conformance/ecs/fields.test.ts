import * as sdk from "@aws-sdk/client-ecs";
import { DescribeNetworkInterfacesCommand, DescribeVolumesCommand } from "@aws-sdk/client-ec2";
import {
  CreateServiceCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  UpdateServiceCommand,
  type ECSClient,
  type Service,
} from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TestEngine } from "../../support/engine.ts";
import { CLUSTER, Fargate } from "../../support/fargate.ts";
import {
  acceptedDefinitions,
  refusedDefinitions,
  smallestDefinition,
  spelledDefinitions,
} from "./definition-members.ts";
import { makeForExamples } from "./made.ts";
import { unsetMembers } from "./members.ts";
import { serviceExamples, smallestService, type MadeForServices, type ServiceExample } from "./service-members.ts";
import { acceptedRuns, refusedRuns, type MadeForTasks } from "./task-members.ts";

/*
 * Every member of the requests that make definitions, services and tasks is sent once: it comes back as AWS returns it,
 * or is refused by its name. The examples are held against the SDK's schemas: a new member fails here until it has one.
 */

let engine: TestEngine;
let fargate: Fargate;
let ecs: ECSClient;
let made: MadeForServices & MadeForTasks;
beforeAll(async () => {
  engine = await TestEngine.start(["--compute", "simulated"]);
  fargate = await Fargate.prepare(engine);
  ecs = fargate.clients.ecs;
  made = await makeForExamples(fargate);
});
afterAll(() => engine?.stop());

describe("RegisterTaskDefinition", () => {
  test("every member has an example", () => {
    const examples = [...acceptedDefinitions, ...refusedDefinitions.map(([, definition]) => definition)];
    expect(unsetMembers(sdk.RegisterTaskDefinitionRequest$, examples)).toEqual([]);
  });

  test.each(acceptedDefinitions)("what is acted on comes back as it was sent (%#)", async ({ tags, ...definition }) => {
    const registered = await ecs.send(new RegisterTaskDefinitionCommand({ ...definition, tags }));
    expect(registered.taskDefinition).toMatchObject(definition);
    expect(registered.tags).toEqual(tags);
    const { taskDefinitionArn: taskDefinition } = registered.taskDefinition!;
    const described = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition, include: ["TAGS"] }));
    expect(described.taskDefinition).toEqual(registered.taskDefinition);
    expect(described.tags).toEqual(tags);
  });

  test.each(refusedDefinitions)("%s", async (message, definition) => {
    const name = message.endsWith("yet.") ? "InvalidParameterException" : "ClientException";
    const refused = ecs.send(new RegisterTaskDefinitionCommand(definition));
    await expect(refused).rejects.toMatchObject({ name, message, $metadata: { httpStatusCode: 400 } });
  });

  test.each(spelledDefinitions)("%j becomes %j", async (sent, shown) => {
    const { taskDefinition } = await ecs.send(new RegisterTaskDefinitionCommand({ ...smallestDefinition, ...sent }));
    expect(taskDefinition).toMatchObject(shown);
  });
});

describe("RunTask", () => {
  test("every member has an example", () => {
    const examples = [...acceptedRuns.map(({ sent }) => sent(made)), ...refusedRuns.map(([, sent]) => sent(made))];
    expect(unsetMembers(sdk.RunTaskRequest$, [{ cluster: CLUSTER }, ...examples])).toEqual([]);
  });

  test.each(acceptedRuns)("$what", async ({ sent, shown }) => {
    const run = async () => await ecs.send(new RunTaskCommand({ cluster: CLUSTER, ...sent(made) }));
    const { tasks, failures } = await run();
    expect(failures).toEqual([]);
    expect(tasks).toHaveLength(1);
    const { taskArn } = tasks![0]!;
    const described = await ecs.send(
      new DescribeTasksCommand({ cluster: CLUSTER, tasks: [taskArn!], include: ["TAGS"] }),
    );
    expect(described.tasks![0]).toMatchObject(shown(made));
    if (sent(made).clientToken) expect((await run()).tasks![0]!.taskArn).toBe(taskArn);
  });

  test("groups and public addresses are those of its interface", async () => {
    const groups = [{ Name: "group-id", Values: [made.groupId] }];
    const { NetworkInterfaces } = await fargate.clients.ec2.send(
      new DescribeNetworkInterfacesCommand({ Filters: groups }),
    );
    expect(NetworkInterfaces).toMatchObject([
      { SubnetId: made.subnetId, Association: { PublicIp: expect.anything() } },
    ]);
  });

  test("a volume is as it was asked for", async () => {
    const byTag = [{ Name: "tag:team", Values: ["shop"] }];
    const { Volumes } = await fargate.clients.ec2.send(new DescribeVolumesCommand({ Filters: byTag }));
    expect(Volumes).toMatchObject([{ VolumeType: "gp3", Size: 2, Iops: 3000, Throughput: 200 }]);
  });

  test.each(refusedRuns)("%s", async (message, sent) => {
    const refused = ecs.send(new RunTaskCommand({ cluster: CLUSTER, ...sent(made) }));
    await expect(refused).rejects.toMatchObject({ name: "InvalidParameterException", message });
  });
});

describe("services", () => {
  const examples = Object.entries(serviceExamples);
  const sentBy = ([, { members }]: (typeof examples)[number]) => ({
    cluster: CLUSTER,
    serviceName: "name",
    ...smallestService(made),
    ...members(made),
  });

  test("every member has an example", () => {
    expect(unsetMembers(sdk.CreateServiceRequest$, examples.map(sentBy))).toEqual([]);
    const updates = examples.map(([, { members, update }]) => (update === false ? {} : (update ?? members)(made)));
    const always = { cluster: CLUSTER, service: "s", forceNewDeployment: true };
    expect(unsetMembers(sdk.UpdateServiceRequest$, [always, ...updates])).toEqual([]);
  });

  /** The service comes out as it is to be shown, or the request is refused as the example says. */
  async function holds(
    { shown, refused }: ServiceExample,
    names: MadeForServices,
    request: Promise<{ service?: Service | undefined }>,
  ) {
    if (refused) {
      const message = expect.stringMatching(refused.message);
      return await expect(request).rejects.toMatchObject({ name: refused.name, message });
    }
    const { service } = await request;
    const { services } = await ecs.send(
      new DescribeServicesCommand({ cluster: CLUSTER, services: [service!.serviceName!] }),
    );
    expect(services![0]).toMatchObject(shown!(names));
  }

  test.each(examples)("CreateService: %s", async (name, example) => {
    const serviceName = `members-${name.replace(/\W/g, "-")}`;
    const request = { cluster: CLUSTER, ...smallestService(made), ...example.members(made), serviceName };
    await holds(example, made, ecs.send(new CreateServiceCommand(request)));
  });

  const updated = examples.filter(([, { update }]) => update !== false);
  test.each(updated)("UpdateService: %s", async (name, example) => {
    const service = `updated-${name.replace(/\W/g, "-")}`;
    await ecs.send(
      new CreateServiceCommand({
        cluster: CLUSTER,
        ...smallestService(made),
        serviceName: service,
      }),
    );
    const names = { ...made, discoveryName: "updated" };
    const changes = (example.update || example.members)(names);
    const update = new UpdateServiceCommand({ forceNewDeployment: true, ...changes, cluster: CLUSTER, service });
    await holds(example, names, ecs.send(update));
  });
});
