import { GetAuthorizationTokenCommand, CreateRepositoryCommand } from "@aws-sdk/client-ecr";
import {
  CreateClusterCommand,
  DescribeTasksCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  StopTaskCommand,
  type ContainerDefinition,
  type RegisterTaskDefinitionRequest,
  type RunTaskRequest,
  type Task,
} from "@aws-sdk/client-ecs";
import { CreateLogGroupCommand, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  DescribeNetworkInterfacesCommand,
  DescribeSubnetsCommand,
  type IpPermission,
} from "@aws-sdk/client-ec2";
import { rmSync } from "node:fs";
import { until, type TestEngine } from "./engine.ts";
import { busyboxRoot, pushRoot, type ImageConfig } from "./images.ts";
import { iamClient, makeExecutionRole } from "./roles.ts";

export const CLUSTER = "test";
export const LOG_GROUP = "/test";

/**
 * What most tests need on an engine: a cluster, a log group, the execution role, the default VPC's subnets, and ways to run
 * tasks.
 */
export class Fargate {
  readonly engine: TestEngine;
  private aws: ReturnType<TestEngine["clients"]>;
  private subnets: string[] = [];
  private account = "";
  private families = 0;

  private constructor(engine: TestEngine) {
    this.engine = engine;
    this.aws = engine.clients();
  }

  static async prepare(engine: TestEngine): Promise<Fargate> {
    const fargate = new Fargate(engine);
    const { ecs, ec2, logs } = fargate.aws;
    const { cluster } = await ecs.send(new CreateClusterCommand({ clusterName: CLUSTER }));
    fargate.account = cluster!.clusterArn!.split(":")[4]!;
    await logs.send(new CreateLogGroupCommand({ logGroupName: LOG_GROUP }));
    await makeExecutionRole(iamClient(engine));
    const { Subnets } = await ec2.send(new DescribeSubnetsCommand({}));
    fargate.subnets = Subnets!.map((subnet) => subnet.SubnetId!);
    return fargate;
  }

  get clients() {
    return this.aws;
  }

  get subnetIds(): string[] {
    return this.subnets;
  }

  /** The registry's password for user AWS. */
  async password(): Promise<string> {
    const { authorizationData } = await this.aws.ecr.send(new GetAuthorizationTokenCommand({}));
    return Buffer.from(authorizationData![0]!.authorizationToken!, "base64").toString().split(":")[1]!;
  }

  /** Pushes a root file system and answers the reference for task definitions. */
  async push(name: string, root: string, config: ImageConfig): Promise<string> {
    await this.aws.ecr.send(new CreateRepositoryCommand({ repositoryName: name })).catch((cause: Error) => {
      if (cause.name !== "RepositoryAlreadyExistsException") throw cause;
    });
    const reference = `${this.engine.registry}/${name}:latest`;
    await pushRoot(root, config, reference, await this.password());
    return reference;
  }

  /** An image of BusyBox alone. */
  async pushBusybox(name = "busybox"): Promise<string> {
    const root = busyboxRoot({ "www/index.html": "hello\n" });
    try {
      return await this.push(name, root, { Cmd: ["sleep", "100000"] });
    } finally {
      rmSync(root, { recursive: true });
    }
  }

  /** A security group with the given ingress. */
  async securityGroup(name: string, ingress: IpPermission[]): Promise<string> {
    const { GroupId } = await this.aws.ec2.send(new CreateSecurityGroupCommand({ GroupName: name, Description: name }));
    if (ingress.length)
      await this.aws.ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: ingress }));
    return GroupId!;
  }

  /** Registers a definition of 0.25 vCPU and 512 MB whose containers log to {@link LOG_GROUP}. */
  async define(
    containers: Partial<ContainerDefinition>[],
    more: Partial<RegisterTaskDefinitionRequest> = {},
  ): Promise<string> {
    const { taskDefinition } = await this.aws.ecs.send(
      new RegisterTaskDefinitionCommand({
        family: `family-${++this.families}`,
        networkMode: "awsvpc",
        requiresCompatibilities: ["FARGATE"],
        cpu: "256",
        memory: "512",
        executionRoleArn: `arn:aws:iam::${this.account}:role/ecsTaskExecutionRole`,
        ...more,
        containerDefinitions: containers.map((container, index) => ({
          name: index === 0 ? "app" : `app${index}`,
          stopTimeout: 2,
          logConfiguration: {
            logDriver: "awslogs",
            options: { "awslogs-group": LOG_GROUP, "awslogs-region": this.engine.region, "awslogs-stream-prefix": "t" },
          },
          ...container,
        })),
      }),
    );
    return taskDefinition!.taskDefinitionArn!;
  }

  network(securityGroups?: string[]): NonNullable<RunTaskRequest["networkConfiguration"]> {
    return {
      awsvpcConfiguration: {
        subnets: this.subnets,
        assignPublicIp: "ENABLED",
        ...(securityGroups ? { securityGroups } : {}),
      },
    };
  }

  async run(taskDefinition: string, more: Partial<RunTaskRequest> & { groups?: string[] } = {}): Promise<Task[]> {
    const { groups, ...request } = more;
    const { tasks, failures } = await this.aws.ecs.send(
      new RunTaskCommand({
        cluster: CLUSTER,
        ...(request.capacityProviderStrategy ? {} : { launchType: "FARGATE" as const }),
        taskDefinition,
        networkConfiguration: this.network(groups),
        ...request,
      }),
    );
    if (failures?.length) throw new Error(JSON.stringify(failures));
    return tasks!;
  }

  async describe(tasks: readonly Task[]): Promise<Task[]> {
    const answer = await this.aws.ecs.send(
      new DescribeTasksCommand({ cluster: CLUSTER, tasks: tasks.map((task) => task.taskArn!) }),
    );
    return answer.tasks!;
  }

  /** Waits until all tasks have a status, and answers them; fails when one ends instead. */
  async reach(tasks: readonly Task[], status: string, timeoutMs = 120_000): Promise<Task[]> {
    let found: Task[] = [];
    await until(
      async () => {
        found = await this.describe(tasks);
        const ended = found.find((task) => task.lastStatus === "STOPPED" && status !== "STOPPED");
        if (ended)
          throw new Error(
            `a task stopped: ${ended.stoppedReason} ${JSON.stringify(ended.containers?.map((one) => one.reason))}`,
          );
        return found.every((task) => task.lastStatus === status);
      },
      timeoutMs,
      `${status} of ${tasks.length} tasks (${found.map((task) => task.lastStatus).join()})`,
    );
    return found;
  }

  /** Runs tasks and waits for RUNNING. */
  async start(taskDefinition: string, more: Parameters<Fargate["run"]>[1] = {}): Promise<Task[]> {
    return await this.reach(await this.run(taskDefinition, more), "RUNNING");
  }

  async stop(tasks: readonly Task[]): Promise<Task[]> {
    for (const task of tasks) await this.aws.ecs.send(new StopTaskCommand({ cluster: CLUSTER, task: task.taskArn! }));
    return await this.reach(tasks, "STOPPED");
  }

  privateIp(task: Task): string {
    return task.attachments![0]!.details!.find((detail) => detail.name === "privateIPv4Address")!.value!;
  }

  async publicIp(task: Task): Promise<string> {
    const id = task.attachments![0]!.details!.find((detail) => detail.name === "networkInterfaceId")!.value!;
    const { NetworkInterfaces } = await this.aws.ec2.send(
      new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [id] }),
    );
    return NetworkInterfaces![0]!.Association!.PublicIp!;
  }

  /** The lines a task's container wrote. */
  async lines(task: Task, container = "app"): Promise<string[]> {
    const { events } = await this.aws.logs.send(
      new FilterLogEventsCommand({
        logGroupName: LOG_GROUP,
        logStreamNames: [`t/${container}/${task.taskArn!.split("/").at(-1)}`],
      }),
    );
    return events!.map((event) => event.message!);
  }

  /** Runs a shell script in a task to its end; answers what it printed and the exit code. */
  async script(
    image: string,
    script: string,
    more: Parameters<Fargate["run"]>[1] = {},
  ): Promise<{ lines: string[]; exitCode: number | undefined }> {
    const definition = await this.define([{ image, entryPoint: ["sh", "-c"], command: [script] }]);
    const [task] = await this.reach(await this.run(definition, more), "STOPPED");
    return { lines: await this.lines(task!), exitCode: task!.containers![0]!.exitCode };
  }
}

/** TCP on a port from anywhere. */
export function allowTcp(port: number): IpPermission {
  return { IpProtocol: "tcp", FromPort: port, ToPort: port, IpRanges: [{ CidrIp: "0.0.0.0/0" }] };
}
