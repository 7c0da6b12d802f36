import { chmod, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Mount } from "../compute/backend.ts";
import { endpointVariables } from "./agent-endpoint/variables.ts";
import { awsEnvironment } from "./aws-environment.ts";
import { aliasHostsLines } from "./discovery-record.ts";
import { firelensEnvironment, firelensMounts } from "./firelens/router.ts";
import type { LogOptions } from "./log-options.ts";
import type { LogRoute } from "./log-route.ts";
import { cloudWatchTarget, logTargetOf, routeTo } from "./log-targets.ts";
import type { TaskSecrets } from "./secrets/task-secrets.ts";
import { definitionOf, overrideOf, type ContainerRecord, type TaskRecord } from "./task-record.ts";

/** The folder of each task: the files its containers see, and what they print until it is shipped. */
export class TaskFiles {
  private readonly root: string;
  private readonly secrets: TaskSecrets | undefined;

  /**
   * @param dataFolder the engine's
   * @param secrets where log drivers have secret options from
   */
  constructor(dataFolder: string, secrets?: TaskSecrets) {
    this.root = join(dataFolder, "tasks");
    this.secrets = secrets;
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

  mounts(task: TaskRecord, container: Pick<ContainerRecord, "name">): Mount[] {
    const names = ["resolv.conf", "hosts", "hostname"].map((file) => ({
      source: this.path(task, file),
      destination: `/etc/${file}`,
      readOnly: false,
    }));
    return [...names, ...firelensMounts(task, container, this.folder(task))];
  }

  /** Where a container's standard output and error go. */
  output(task: TaskRecord, container: OutputOwner): { stdoutPath: string; stderrPath: string } {
    const name = outputName(task, container);
    return { stdoutPath: this.path(task, `${name}.stdout`), stderrPath: this.path(task, `${name}.stderr`) };
  }

  /** Where a container's standard input comes from, when it has one. */
  input(task: TaskRecord, container: Pick<ContainerRecord, "id">): string {
    return this.path(task, `${container.id}.stdin`);
  }

  /** Where all files of a task are. */
  folder(task: Pick<TaskRecord, "taskId">): string {
    return join(this.root, task.taskId);
  }

  /** How a container's output travels, or `undefined` when it has no log configuration. */
  logRoute(task: TaskRecord, container: ContainerRecord): LogRoute | undefined {
    const secretOptions = this.secrets?.of(task).logOptions[container.name] ?? {};
    const target = logTargetOf(task, container, { taskFolder: this.folder(task), secretOptions });
    const options = definitionOf(task, container).logConfiguration?.options;
    const mode: LogOptions = task.logMode ? { mode: task.logMode } : {};
    return target && routeTo(target, { ...mode, ...options }, this.outputOf(task, container));
  }

  /** As {@link logRoute}, of the task's Service Connect proxy. */
  proxyLogRoute(task: TaskRecord): LogRoute | undefined {
    if (!task.proxy?.logOptions) return undefined;
    const { containerName, logOptions } = task.proxy;
    const owner = { id: `${task.taskId}-${containerName}`, name: containerName };
    return routeTo(cloudWatchTarget(task, containerName, logOptions), logOptions, this.outputOf(task, owner));
  }

  private outputOf(
    task: TaskRecord,
    container: OutputOwner,
  ): Pick<LogRoute, "containerId" | "stdoutPath" | "stderrPath"> {
    return { containerId: outputName(task, container), ...this.output(task, container) };
  }

  async remove(task: TaskRecord): Promise<void> {
    await rm(join(this.root, task.taskId), { recursive: true, force: true });
  }

  private path(task: TaskRecord, file: string): string {
    return join(this.root, task.taskId, file);
  }
}

type OutputOwner = Pick<ContainerRecord, "id" | "name" | "restartCount">;

/** Each run with a terminal writes files of its own: into one that is there the runtime would write from its start. */
function outputName(task: TaskRecord, container: OutputOwner): string {
  const { id, restartCount } = container;
  return restartCount && definitionOf(task, container).pseudoTerminal ? `${id}.${restartCount}` : id;
}

/** A container's variables: those of its files, then the definition's, the override's, and those ECS itself sets. */
export function environmentOf(
  task: TaskRecord,
  container: ContainerRecord,
  fromFiles: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const environment: Record<string, string> = { AWS_EXECUTION_ENV: "AWS_ECS_FARGATE", ...fromFiles };
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
  const isSet = (name: string) => name in environment || fromImage.includes(name);
  return {
    ...environment,
    ...endpointVariables(container.id),
    ...awsEnvironment(task, isSet),
    ...firelensEnvironment(task, container),
  };
}
