import { join } from "node:path";
import { logFile } from "./admin/data-folder.ts";
import { ADMIN_PREFIX, adminPaths } from "./admin/front-door.ts";
import { RequestGate } from "./admin/request-gate.ts";
import { HaproxyProxies } from "./balancer/haproxy-proxies.ts";
import { prometheusText } from "./balancer/prometheus.ts";
import type { ServiceConnectProxies } from "./balancer/service-connect.ts";
import { SimulatedProxies } from "./balancer/simulated.ts";
import { systemClock } from "./base/clock.ts";
import { randomIds } from "./base/ids.ts";
import { Lifecycle, type Component } from "./base/lifecycle.ts";
import { LogFiles } from "./base/log-files.ts";
import type { Logger } from "./base/log.ts";
import type { ComputeBackend } from "./compute/backend.ts";
import { ContainerdBackend } from "./compute/containerd/backend.ts";
import { containerdLogFile } from "./compute/containerd/daemon.ts";
import { SimulatedBackend } from "./compute/simulated/backend.ts";
import type { Config } from "./config.ts";
import type { Engine, EngineStatus, StopOptions } from "./engine.ts";
import { OpenAuthenticator } from "./identity/open-authenticator.ts";
import { loadOrCreateRootKey, rootAccessKey } from "./identity/root-key.ts";
import { SignatureAuthenticator } from "./identity/signature-authenticator.ts";
import type { NetworkBackend } from "./network/backend.ts";
import { LinuxNetwork } from "./network/linux/backend.ts";
import { SimulatedNetwork } from "./network/simulated.ts";
import { registryHandler } from "./registry/http/handler.ts";
import { Registry } from "./registry/registry.ts";
import { Ec2 } from "./services/ec2/ec2.ts";
import { FlowLogCollector, flowLogSink } from "./services/ec2/flow-log-collector.ts";
import { taskNetworking } from "./services/ec2/task-networking.ts";
import { EcsTaskDiscovery } from "./services/ecs/discovery/task-discovery.ts";
import { createEcs } from "./services/ecs/ecs.ts";
import { ServiceController } from "./services/ecs/service/service-controller.ts";
import { allServices } from "./services/index.ts";
import { Logs } from "./services/logs/logs.ts";
import { ServiceDiscovery } from "./services/servicediscovery/service-discovery.ts";
import { sqliteDialect } from "./store/sqlite.ts";
import { Store } from "./store/store.ts";
import { LogFollower } from "./tasks/log-shipper/log-follower.ts";
import { TaskFiles } from "./tasks/task-files.ts";
import { TaskEngine } from "./tasks/task-engine.ts";
import { VERSION } from "./version.ts";
import { createFrontDoor, type Mount } from "./wire/front-door.ts";

/** Builds the engine from its parts: the only place where they all meet. */
export async function assemble(config: Config, log: Logger): Promise<Engine> {
  const clock = systemClock;
  const ids = randomIds;
  const inFolder = (file: string) => join(config.dataFolder, file);

  const store = new Store(sqliteDialect(inFolder("state.db")), log);
  const rootKey = loadOrCreateRootKey(config.dataFolder, config.account);
  const registry = new Registry({ store, folder: join(config.dataFolder, "registry"), clock, ids, log });
  const { compute, network, proxies } = backends(config, log, registry);
  const ec2 = new Ec2({ store, network, clock, ids, log });
  const discovery = new ServiceDiscovery({ store, ec2, clock, ids, log });
  ec2.useZones(discovery);
  const logs = new Logs({ store, clock, ids, log, path: inFolder("logs.db") });
  const flowLogs = new FlowLogCollector({ ec2, sink: flowLogSink(logs.sink), log });
  const shipper = new LogFollower({ sink: logs.sink, clock, log });
  const networking = taskNetworking(ec2);
  const tasks = new TaskEngine({
    store,
    compute,
    networking,
    discovery: new EcsTaskDiscovery({
      directory: discovery.directory,
      proxies,
      files: new TaskFiles(config.dataFolder),
      clock,
      log,
    }),
    sink: logs.sink,
    shipper,
    dataFolder: config.dataFolder,
    clock,
    log,
  });
  const ecs = createEcs({ store, engine: tasks, networking, directory: discovery.directory, clock, ids, log });
  const controller = new ServiceController(ecs, store);
  const services = allServices({ ec2, ecr: { registry }, ecs, logs, discovery });

  const scope = { account: config.account, region: config.region };
  const authenticator = config.auth
    ? new SignatureAuthenticator(keysOf(rootAccessKey(rootKey, config.account)), clock)
    : new OpenAuthenticator(scope);
  const startedAt = clock.now();

  const status = async (): Promise<EngineStatus> => ({
    version: VERSION,
    pid: process.pid,
    instance: config.instance,
    uptimeSeconds: Math.round((clock.now() - startedAt) / 1000),
    endpoint: `http://127.0.0.1:${config.port}`,
    account: config.account,
    region: config.region,
    compute: config.compute,
    auth: config.auth,
    ephemeral: config.ephemeral,
    dataFolder: config.dataFolder,
    publicPool: network.publicPool(),
    tasks: await tasks.count(),
    services: services.map((service) => service.statics.name),
  });

  /** In the order of their needs; stopped the other way round. */
  const lower: Component[] = [
    new LogFiles([logFile(config.dataFolder), containerdLogFile(config.dataFolder)], log),
    { name: "store", start: () => store.open(), stop: () => store.close() },
    component("compute", compute),
    component("network", network),
    component("service-connect", proxies),
    registry,
    logs,
  ];
  const upper: Component[] = [ec2, flowLogs, discovery, tasks, controller];
  const lowerLife = new Lifecycle(log);
  const upperLife = new Lifecycle(log);

  const emptyHost = async (onProgress: (line: string) => void) => {
    await controller.stop();
    await tasks.stopAll("The Neargate engine was stopped.", (left) =>
      onProgress(left ? `waiting for ${left} ${left === 1 ? "task" : "tasks"} to stop` : "all tasks have stopped"),
    );
  };

  /** Containers that no task in the store has, such as those of a data folder that was put back from a backup. */
  const removeStrays = async () => {
    const strays = await compute.list();
    for (const { id } of strays) {
      log.warn({ container: id }, "removing a container that belongs to no task");
      await compute.removeContainer(id);
    }
    for (const taskId of new Set(strays.map((stray) => stray.taskId))) await compute.removeTaskGroup(taskId);
  };

  const gate = new RequestGate();
  let resetting: Promise<void> | undefined;
  let stopping = false;

  const emptyState = async () => {
    await emptyHost(() => {});
    await upperLife.stop();
    await removeStrays();
    await network.removeAll();
    await logs.stop();
    await store.clear();
    logs.start();
    await registry.uploads.clear();
    await registry.sweep();
    await network.start();
    await upperLife.start(upper);
  };

  /** Whoever asks while one goes on gets that one. */
  const reset = async () => {
    if (stopping) throw new Error("the engine is stopping");
    resetting ??= gate.whileClosed(emptyState).finally(() => (resetting = undefined));
    await resetting;
  };

  const metrics = async () => prometheusText(await proxies.metrics());
  const admin = adminPaths({ status, reset, metrics, ephemeral: config.ephemeral, log });
  const images: Mount = {
    prefix: "/v2/",
    handle: registryHandler(registry, { auth: config.auth, defaultScope: scope, log }),
  };
  const doorWith = (mounts: Mount[]) => createFrontDoor({ services, authenticator, mounts, log, clock, ids });
  const frontDoor = doorWith([{ prefix: ADMIN_PREFIX, handle: admin }, images]);
  const guarded = gate.guard(frontDoor);
  // What a VPC endpoint leads to: AWS's APIs and images, nothing of the engine's own.
  ec2.useApi(gate.guard(doorWith([images])));
  const listener: Engine["listener"] = (request, response) =>
    (request.url?.startsWith(ADMIN_PREFIX) ? frontDoor : guarded)(request, response);

  return {
    rootKey,
    listener,
    status,
    reset,
    async start() {
      await lowerLife.start(lower);
      await upperLife.start(upper);
    },
    async stop({ tasks: what, onProgress = () => {} }: StopOptions) {
      stopping = true;
      await resetting?.catch((err: unknown) => log.error({ err }, "the reset before the stop failed"));
      if (what === "stop") await emptyHost(onProgress);
      await upperLife.stop();
      if (what === "stop") {
        await removeStrays();
        onProgress("taking the networks down");
        await network.removeAll();
        onProgress("stopping containerd");
        await compute.shutdown();
      }
      await lowerLife.stop();
    },
  };
}

function backends(
  config: Config,
  log: Logger,
  registry: Registry,
): { compute: ComputeBackend; network: NetworkBackend; proxies: ServiceConnectProxies } {
  if (config.compute === "simulated")
    return {
      compute: new SimulatedBackend({ config, clock: systemClock }),
      network: new SimulatedNetwork(config.publicPool),
      proxies: new SimulatedProxies(),
    };
  const compute = new ContainerdBackend({ config, clock: systemClock, log, images: registry });
  return {
    compute,
    network: new LinuxNetwork({ ...config, log }),
    proxies: new HaproxyProxies({
      folder: join(config.runFolder, "service-connect"),
      joinTask: (taskId, pid) => compute.joinTaskGroup(taskId, pid),
      log,
    }),
  };
}

function component(name: string, part: { start(): Promise<void>; stop(): Promise<void> }): Component {
  return { name, start: () => part.start(), stop: () => part.stop() };
}

function keysOf(key: ReturnType<typeof rootAccessKey>) {
  return (accessKeyId: string) => (accessKeyId === key.accessKeyId ? key : undefined);
}
