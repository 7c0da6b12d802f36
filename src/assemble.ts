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
import type { Disks } from "./storage/disks.ts";
import { LoopDisks } from "./storage/loop-disks.ts";
import { SimulatedDisks } from "./storage/simulated.ts";
import type { FileSystems } from "./storage/shared/file-systems.ts";
import { LocalFileSystems } from "./storage/shared/local-file-systems.ts";
import { SimulatedFileSystems } from "./storage/shared/simulated-file-systems.ts";
import { ContainerdBackend } from "./compute/containerd/backend.ts";
import { containerdLogFile } from "./compute/containerd/daemon.ts";
import { SimulatedBackend } from "./compute/simulated/backend.ts";
import type { Config } from "./config.ts";
import type { Engine, EngineStatus, StopOptions } from "./engine.ts";
import { OpenAuthenticator } from "./identity/open-authenticator.ts";
import { loadOrCreateRootKey, rootAccessKey } from "./identity/root-key.ts";
import { loadOrCreateSessionSecret } from "./identity/session-secret.ts";
import { Sessions } from "./identity/sessions.ts";
import { SignatureAuthenticator } from "./identity/signature-authenticator.ts";
import type { AccessKey, AccessKeyLookup } from "./identity/access-key.ts";
import type { NetworkBackend } from "./network/backend.ts";
import { LinuxNetwork } from "./network/linux/backend.ts";
import { SimulatedNetwork } from "./network/simulated.ts";
import { registryHandler } from "./registry/http/handler.ts";
import { Registry } from "./registry/registry.ts";
import { Ec2 } from "./services/ec2/ec2.ts";
import { FlowLogCollector, flowLogSink } from "./services/ec2/flow-log-collector.ts";
import { taskNetworking } from "./services/ec2/task-networking.ts";
import { taskVolumes } from "./services/ec2/task-volumes.ts";
import { EcsTaskDiscovery } from "./services/ecs/discovery/task-discovery.ts";
import { createEcs } from "./services/ecs/ecs.ts";
import { Efs } from "./services/efs/efs.ts";
import { efsVolumes } from "./services/efs/volumes.ts";
import { ServiceController } from "./services/ecs/service/service-controller.ts";
import { TaskApi } from "./services/ecs/task-api.ts";
import { taskProtection } from "./services/ecs/task-protection.ts";
import { allServices } from "./services/index.ts";
import { Logs } from "./services/logs/logs.ts";
import { objectReader } from "./services/s3/object-reader.ts";
import { S3 } from "./services/s3/s3.ts";
import { ServiceDiscovery } from "./services/servicediscovery/service-discovery.ts";
import { sqliteDialect } from "./store/sqlite.ts";
import { Store } from "./store/store.ts";
import { AgentEndpoint } from "./tasks/agent-endpoint/agent-endpoint.ts";
import { credentialsRoute } from "./tasks/agent-endpoint/credentials.ts";
import { taskProtectionRoute } from "./tasks/agent-endpoint/task-protection.ts";
import { faultRoutes } from "./tasks/agent-endpoint/faults/routes.ts";
import { metadataRoutes } from "./tasks/agent-endpoint/metadata-routes.ts";
import { StatsSampler } from "./tasks/agent-endpoint/stats-sampler.ts";
import { LogFollower } from "./tasks/log-shipper/log-follower.ts";
import { TaskFiles } from "./tasks/task-files.ts";
import { TaskEngine } from "./tasks/task-engine.ts";
import { taskRoleKeys } from "./tasks/task-role.ts";
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
  const { compute, network, proxies, disks, files } = backends(config, log, registry);
  const ec2 = new Ec2({ store, network, clock, ids, log });
  const s3 = new S3({ store, folder: inFolder("s3"), clock, ids, log });
  const discovery = new ServiceDiscovery({ store, ec2, clock, ids, log });
  ec2.useZones(discovery);
  ec2.useDisks(disks.volumes);
  const volumes = taskVolumes(ec2);
  const efs = new Efs({ store, ec2, files, clock, ids, log });
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
    objects: objectReader(s3),
    shipper,
    dataFolder: config.dataFolder,
    ...(config.compute === "containerd" ? { isolation: config.isolation } : {}),
    disks: disks.tasks,
    volumeProviders: [volumes, efsVolumes(efs)],
    imageCacheBytes: config.imageCacheGiB * 1024 ** 3,
    clock,
    log,
  });
  const ecs = createEcs({ store, engine: tasks, networking, volumes, directory: discovery.directory, clock, ids, log });
  const controller = new ServiceController(ecs, store);
  const stats = new StatsSampler({ compute, network, clock, log });
  const sessions = new Sessions(loadOrCreateSessionSecret(config.dataFolder));
  const agent = new AgentEndpoint({
    tasks: tasks.tasks,
    network,
    routes: [
      ...metadataRoutes({ stats, storage: tasks.storage, clock }),
      ...faultRoutes({ network, clock, log }),
      credentialsRoute(sessions, clock),
      taskProtectionRoute(taskProtection(ecs), ids),
    ],
    clock,
    log,
  });
  const services = allServices({ ec2, ecr: { registry }, ecs, logs, efs, discovery, s3 });

  const scope = { account: config.account, region: config.region };
  const signatures = new SignatureAuthenticator(
    keysOf(rootAccessKey(rootKey, config.account), taskRoleKeys(sessions, tasks.tasks)),
    clock,
  );
  const authenticator = config.auth ? signatures : new OpenAuthenticator(scope);
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
    isolation: config.isolation,
    storageEncrypted: config.compute === "containerd" && config.encryptStorage,
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
    ...Object.entries(disks).map(([kind, part]) => component(`storage of ${kind}`, part)),
    component("compute", compute),
    component("network", network),
    component("service-connect", proxies),
    registry,
    logs,
  ];
  const upper: Component[] = [stats, agent, ec2, efs, flowLogs, s3, discovery, tasks, controller];
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
    await tasks.storage.removeAll();
    await files.detachAll();
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
    await s3.clear();
    await ec2.volumes.removeAll();
    await files.clear();
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
  const imagesWith = (auth: boolean): Mount => ({
    prefix: "/v2/",
    handle: registryHandler(registry, { auth, defaultScope: scope, log }),
  });
  const images = imagesWith(config.auth);
  const doorWith = (mounts: Mount[], who = authenticator) =>
    createFrontDoor({ services, authenticator: who, mounts, log, clock, ids });
  const frontDoor = doorWith([{ prefix: ADMIN_PREFIX, handle: admin }, images]);
  const guarded = gate.guard(frontDoor);
  // What a VPC endpoint leads to: AWS's APIs and images, nothing of the engine's own.
  ec2.useApi(gate.guard(doorWith([images])));
  // Every task has it, wanted or not: signatures are checked there in any case.
  lower.push(new TaskApi(network, gate.guard(doorWith([imagesWith(true)], signatures))));
  const listener: Engine["listener"] = (request, response) =>
    (request.url?.startsWith(ADMIN_PREFIX) ? frontDoor : guarded)(request, response);

  return {
    rootKey,
    listener,
    status,
    async pull(options) {
      return (await compute.pull({ ...options, scope })).digest;
    },
    retire: ({ taskArn, at }) => tasks.retire(taskArn, at),
    reset,
    async start() {
      // Tasks that run already may ask at once; they wait.
      await gate.whileClosed(async () => {
        await lowerLife.start(lower);
        await upperLife.start(upper);
      });
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
): {
  compute: ComputeBackend;
  network: NetworkBackend;
  proxies: ServiceConnectProxies;
  disks: { tasks: Disks; volumes: Disks };
  files: FileSystems;
} {
  const storage = (kind: string) => join(config.dataFolder, "storage", kind);
  if (config.compute === "simulated")
    return {
      compute: new SimulatedBackend({ config, clock: systemClock }),
      network: new SimulatedNetwork(config.publicPool),
      proxies: new SimulatedProxies(),
      disks: { tasks: new SimulatedDisks(storage("tasks")), volumes: new SimulatedDisks(storage("volumes")) },
      files: new SimulatedFileSystems(),
    };
  const compute = new ContainerdBackend({ config, clock: systemClock, log, images: registry });
  return {
    compute,
    network: new LinuxNetwork({ ...config, log }),
    disks: {
      tasks: new LoopDisks(storage("tasks"), { encrypted: config.encryptStorage }),
      volumes: new LoopDisks(storage("volumes")),
    },
    files: new LocalFileSystems({ folder: join(config.dataFolder, "efs"), runFolder: join(config.runFolder, "efs") }),
    proxies: new HaproxyProxies({
      folder: join(config.runFolder, "service-connect"),
      joinTask: (taskId, pid) => compute.joinTaskGroup(taskId, pid),
      log,
    }),
  };
}

function component(name: string, part: { start(): Promise<void>; stop?(): Promise<void> }): Component {
  return { name, start: () => part.start(), stop: async () => part.stop?.() };
}

function keysOf(root: AccessKey, sessionKeys: AccessKeyLookup): AccessKeyLookup {
  return (accessKeyId, sessionToken) =>
    accessKeyId === root.accessKeyId ? root : sessionKeys(accessKeyId, sessionToken);
}
