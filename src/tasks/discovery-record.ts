import type { ProxyClientRoute, ProxyServerRoute, ProxySpec } from "../balancer/service-connect.ts";

/** One service of Cloud Map that a task is an instance of while it runs. The instance's id is the task's. */
export interface TaskRegistration {
  serviceId: string;
  attributes: Record<string, string>;
  /**
   * What the task's health means for it: `reported` to Cloud Map's custom health check, `required` to be an instance at
   * all (Service Connect), or `ignored`.
   */
  health: "reported" | "required" | "ignored";
}

/** A client alias as a task knows it: where its containers dial, and whose instances are behind it. */
export interface TaskClientRoute extends Omit<ProxyClientRoute, "endpoints" | "shift"> {
  /** What the hosts file says for {@link ProxyClientRoute.address}. */
  dnsName: string;
  /** The Cloud Map service of the endpoints. */
  serviceId: string;
}

/** The Service Connect proxy of a task. ECS shows it as a container. */
export interface TaskProxyRecord {
  /** `ecs-service-connect-` and five letters and digits. */
  containerName: string;
  containerArn: string;
  attachmentId: string;
  running: boolean;
  clients: TaskClientRoute[];
  servers: ProxyServerRoute[];
  /** The options of its awslogs driver. */
  logOptions?: Record<string, string>;
  accessLog?: ProxySpec["accessLog"];
}

/**
 * The hosts file's lines for client aliases: an address each of 127.255.0.0/16.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-connect-concepts-deploy.html
 */
export function aliasHostsLines(clients: readonly Pick<TaskClientRoute, "address" | "dnsName">[]): string[] {
  return [...new Set(clients.map(({ address, dnsName }) => `${address} ${dnsName}`))];
}
