import {
  CreateServiceCommand,
  DescribeServiceDeploymentsCommand,
  DescribeServicesCommand,
  DescribeTasksCommand,
  ListServiceDeploymentsCommand,
  ListTasksCommand,
  UpdateServiceCommand,
  type ContainerDefinition,
  type CreateServiceRequest,
  type Service,
  type ServiceDeployment,
  type Task,
  type UpdateServiceRequest,
} from "@aws-sdk/client-ecs";
import { expect } from "vitest";
import { until } from "../../support/engine.ts";
import { CLUSTER, type Fargate } from "../../support/fargate.ts";

/** A container with a health check that is probed every 5 s, so that its task is healthy as soon as it was probed. */
export function probed(image: string): Partial<ContainerDefinition> {
  return { image, healthCheck: { command: ["CMD", "true"], interval: 5, retries: 1 } };
}

/** Waits until what is looked at is as it should be, and answers it. */
export async function untilSeen<T>(look: () => Promise<T>, isThere: (seen: T) => boolean): Promise<T> {
  let seen = await look();
  await until(async () => isThere((seen = await look())), 120_000);
  return seen;
}

export const messages = ({ events }: Service) => events!.map(({ message }) => message!);

/** Services of one task, unless told, on an engine with simulated compute. */
export class Services {
  private readonly fargate: Fargate;
  private readonly definition: string;

  /** @param definition what they run unless told */
  constructor(fargate: Fargate, definition: string) {
    this.fargate = fargate;
    this.definition = definition;
  }

  private get ecs() {
    return this.fargate.clients.ecs;
  }

  async create(serviceName: string, more: Partial<CreateServiceRequest> = {}): Promise<Service> {
    const { service } = await this.ecs.send(
      new CreateServiceCommand({
        cluster: CLUSTER,
        serviceName,
        taskDefinition: this.definition,
        desiredCount: 1,
        launchType: "FARGATE",
        networkConfiguration: this.fargate.network(),
        ...more,
      }),
    );
    return service!;
  }

  async update(service: string, more: Partial<UpdateServiceRequest>): Promise<Service> {
    const answer = await this.ecs.send(new UpdateServiceCommand({ cluster: CLUSTER, service, ...more }));
    return answer.service!;
  }

  async describe(service: string): Promise<Service> {
    const { services } = await this.ecs.send(new DescribeServicesCommand({ cluster: CLUSTER, services: [service] }));
    return services![0]!;
  }

  /** All of a service's deployments, newest first. */
  async deployments(service: string): Promise<ServiceDeployment[]> {
    const { serviceDeployments } = await this.ecs.send(
      new ListServiceDeploymentsCommand({ cluster: CLUSTER, service }),
    );
    const arns = serviceDeployments!.map(({ serviceDeploymentArn }) => serviceDeploymentArn!);
    const described = await this.ecs.send(new DescribeServiceDeploymentsCommand({ serviceDeploymentArns: arns }));
    expect(described.failures).toEqual([]);
    return described.serviceDeployments!;
  }

  /** The tasks that are to run, with their tags. */
  async tasks(serviceName: string): Promise<Task[]> {
    const { taskArns } = await this.ecs.send(new ListTasksCommand({ cluster: CLUSTER, serviceName }));
    if (!taskArns!.length) return [];
    const described = await this.ecs.send(
      new DescribeTasksCommand({ cluster: CLUSTER, tasks: taskArns, include: ["TAGS"] }),
    );
    return described.tasks!;
  }

  /** Waits for the status of a service's last deployment. */
  async deployed(service: string, status = "SUCCESSFUL"): Promise<ServiceDeployment> {
    return await untilSeen(
      async () => (await this.deployments(service))[0]!,
      (one) => one.status === status,
    );
  }

  async until(service: string, isThere: (seen: Service) => boolean): Promise<Service> {
    return await untilSeen(() => this.describe(service), isThere);
  }
}
