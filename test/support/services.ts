import {
  CreateServiceCommand,
  DeleteServiceCommand,
  DescribeServicesCommand,
  ListTasksCommand,
  UpdateServiceCommand,
  waitUntilServicesInactive,
  waitUntilServicesStable,
  type CreateServiceRequest,
  type Service,
  type UpdateServiceRequest,
} from "@aws-sdk/client-ecs";
import { until } from "./engine.ts";
import { CLUSTER, type Fargate } from "./fargate.ts";

/** The services of a test: ways to make, change, await and remove them. */
export class TestServices {
  private readonly fargate: Fargate;
  private readonly group: string;

  /** @param group the security group of their tasks */
  constructor(fargate: Fargate, group: string) {
    this.fargate = fargate;
    this.group = group;
  }

  private get ecs() {
    return this.fargate.clients.ecs;
  }

  /** Two tasks, unless told. */
  async create(
    serviceName: string,
    taskDefinition: string,
    more: Partial<CreateServiceRequest> = {},
  ): Promise<Service> {
    const { service } = await this.ecs.send(
      new CreateServiceCommand({
        cluster: CLUSTER,
        serviceName,
        taskDefinition,
        desiredCount: 2,
        launchType: "FARGATE",
        networkConfiguration: this.fargate.network([this.group]),
        ...more,
      }),
    );
    return service!;
  }

  async update(service: string, more: Partial<UpdateServiceRequest>): Promise<void> {
    await this.ecs.send(new UpdateServiceCommand({ cluster: CLUSTER, service, ...more }));
  }

  async describe(service: string): Promise<Service> {
    const { services } = await this.ecs.send(new DescribeServicesCommand({ cluster: CLUSTER, services: [service] }));
    return services![0]!;
  }

  /** Waits for one deployment, of a certain revision if told, that is COMPLETED. */
  async completed(service: string, taskDefinition?: string, timeoutMs = 300_000): Promise<Service> {
    let found: Service | undefined;
    await until(
      async () => {
        found = await this.describe(service);
        const [primary, ...others] = found.deployments!;
        return (
          others.length === 0 &&
          primary?.rolloutState === "COMPLETED" &&
          (taskDefinition === undefined || primary.taskDefinition === taskDefinition)
        );
      },
      timeoutMs,
      `the roll-out of ${service}`,
    );
    return found!;
  }

  async stable(service: string): Promise<void> {
    await waitUntilServicesStable(this.waiter(), { cluster: CLUSTER, services: [service] });
  }

  async taskIds(serviceName: string, desiredStatus: "RUNNING" | "STOPPED" = "RUNNING"): Promise<string[]> {
    const { taskArns } = await this.ecs.send(new ListTasksCommand({ cluster: CLUSTER, serviceName, desiredStatus }));
    return taskArns!.map((arn) => arn.split("/").at(-1)!);
  }

  async remove(service: string): Promise<void> {
    await this.ecs.send(new DeleteServiceCommand({ cluster: CLUSTER, service, force: true }));
    await waitUntilServicesInactive(this.waiter(), { cluster: CLUSTER, services: [service] });
  }

  private waiter() {
    return { client: this.ecs, maxWaitTime: 300, minDelay: 1, maxDelay: 1 };
  }
}

/** The texts of a service's events without ids, oldest first. */
export function messages(service: Service): string[] {
  return service
    .events!.map((event) =>
      event.message!.replaceAll(/[0-9a-f]{32}/g, "ID").replaceAll(/ecs-svc\/\d{19}/g, "DEPLOYMENT"),
    )
    .toReversed();
}
