import { chmod, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Mount } from "../compute/backend.ts";
import { aliasHostsLines } from "./discovery-record.ts";
import type { LogRoute } from "./ports.ts";
import { definitionOf, overrideOf, type ContainerRecord, type TaskRecord } from "./task-record.ts";

/** The folder of each task: the files its containers see, and what they print until it is shipped. */
export class TaskFiles {
  private readonly root: string;

  /** @param dataFolder the engine's */
  constructor(dataFolder: string) {
    this.root = join(dataFolder, "tasks");
  }

  /** Writes resolv.conf, hosts and hostname as the ENI says. */
  async write(task: TaskRecord): Promise<void> {
    const network = task.network;
    if (!network) throw new Error(`task ${task.taskId} has no network yet`);
    await mkdir(join(this.root, task.taskId), { recursive: true, mode: 0o700 });
    const search = network.searchDomains.length ? `search ${network.searchDomains.join(" ")}\n` : "";
    const nameservers = network.nameservers.map((server) => `nameserver ${server}\n`).join("");
    const name = task.eni.privateDnsName;
    const contents = {
      "resolv.conf": search + nameservers,
      hosts: [
        "127.0.0.1 localhost",
        `${task.eni.privateIp} ${name}`,
        ...aliasHostsLines(task.proxy?.clients ?? []),
        "",
      ].join("\n"),
      hostname: `${name}\n`,
    };
    for (const [file, content] of Object.entries(contents)) {
      await writeFile(this.path(task, file), content);
      await chmod(this.path(task, file), 0o644); // whatever the umask: containers need not run as root
    }
  }

  mounts(task: TaskRecord): Mount[] {
    return ["resolv.conf", "hosts", "hostname"].map((file) => ({
      source: this.path(task, file),
      destination: `/etc/${file}`,
      readOnly: false,
    }));
  }

  /** Where a container's standard output and error go. */
  output(task: TaskRecord, container: Pick<ContainerRecord, "id">): { stdoutPath: string; stderrPath: string } {
    return {
      stdoutPath: this.path(task, `${container.id}.stdout`),
      stderrPath: this.path(task, `${container.id}.stderr`),
    };
  }

  /** How a container's output travels, or `undefined` when it has no log configuration. */
  logRoute(task: TaskRecord, container: ContainerRecord): LogRoute | undefined {
    const options = definitionOf(task, container).logConfiguration?.options;
    return options && this.route(task, container, options);
  }

  /** As {@link logRoute}, of the task's Service Connect proxy. */
  proxyLogRoute(task: TaskRecord): LogRoute | undefined {
    if (!task.proxy?.logOptions) return undefined;
    const { containerName, logOptions } = task.proxy;
    return this.route(task, { id: `${task.taskId}-${containerName}`, name: containerName }, logOptions);
  }

  private route(
    task: TaskRecord,
    container: Pick<ContainerRecord, "id" | "name">,
    options: Record<string, string>,
  ): LogRoute | undefined {
    const group = options["awslogs-group"];
    if (!group) return undefined;
    return {
      containerId: container.id,
      scope: { account: task.scope.account, region: options["awslogs-region"] ?? task.scope.region },
      group,
      stream: `${options["awslogs-stream-prefix"]}/${container.name}/${task.taskId}`,
      ...this.output(task, container),
    };
  }

  async remove(task: TaskRecord): Promise<void> {
    await rm(join(this.root, task.taskId), { recursive: true, force: true });
  }

  private path(task: TaskRecord, file: string): string {
    return join(this.root, task.taskId, file);
  }
}

/** A container's variables: the definition's, then the override's, then those ECS itself sets. */
export function environmentOf(task: TaskRecord, container: ContainerRecord): Record<string, string> {
  const environment: Record<string, string> = { AWS_EXECUTION_ENV: "AWS_ECS_FARGATE" };
  const pairs = [
    ...(definitionOf(task, container).environment ?? []),
    ...(overrideOf(task, container)?.environment ?? []),
  ];
  for (const { name, value } of pairs) if (name) environment[name] = value ?? "";
  // Both Region variables are set unless the definition or the image sets either.
  const fromImage = (container.image?.config.env ?? []).map((entry) => entry.split("=", 1)[0]!);
  const regional = ["AWS_REGION", "AWS_DEFAULT_REGION"];
  if (!regional.some((name) => name in environment || fromImage.includes(name)))
    for (const name of regional) environment[name] = task.scope.region;
  return environment;
}
