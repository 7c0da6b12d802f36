import { join } from "node:path";
import { logFile } from "./admin/data-folder.ts";
import { EngineMetrics } from "./admin/engine-metrics.ts";
import { ADMIN_PREFIX, adminPaths } from "./admin/front-door.ts";
import { RequestGate } from "./admin/request-gate.ts";
import { backends } from "./assemble/backends.ts";
import { EngineLife } from "./assemble/engine-life.ts";
import { prometheusText } from "./balancer/prometheus.ts";
import { systemClock } from "./base/clock.ts";
import { randomIds } from "./base/ids.ts";
import type { Component } from "./base/lifecycle.ts";
import { LogFiles } from "./base/log-files.ts";
import type { Logger } from "./base/log.ts";
import { containerdLogFile } from "./compute/containerd/daemon.ts";
import { stargzLogFile } from "./compute/containerd/lazy/stargz-daemon.ts";
import type { Config } from "./config.ts";
import { EventBus } from "./events/event-bus.ts";
import { eventStream } from "./events/event-stream.ts";
import type { Engine, EngineStatus } from "./engine.ts";
import { allowAll } from "./identity/authorization.ts";
import { PolicyAuthorizer } from "./identity/policy/authorizer.ts";
import { currentPrincipal } from "./identity/current-principal.ts";
import { OpenAuthenticator } from "./identity/open-authenticator.ts";
import type { Principal } from "./identity/principal.ts";
import { loadOrCreateRootKey, replaceRootKey, rootAccessKey } from "./identity/root-key.ts";
import { loadOrCreateSessionSecret } from "./identity/session-secret.ts";
import { anyRoles, serviceRoles } from "./identity/service-roles.ts";
import { Sessions } from "./identity/sessions.ts";
import { SignatureAuthenticator } from "./identity/signature-authenticator.ts";
import { accessKeys, noteUse } from "./identity/access-keys.ts";
import { openKeyring, presentMasterKey } from "./keyring/open-keyring.ts";
import { registryHandler } from "./registry/http/handler.ts";
import { Registry } from "./registry/registry.ts";
import { CloudTrail } from "./services/cloudtrail/cloudtrail.ts";
import { alarmStates } from "./services/cloudwatch/alarm-states.ts";
import { putServiceData } from "./services/cloudwatch/service-data.ts";
import { CloudWatch } from "./services/cloudwatch/cloudwatch.ts";
import { Ec2 } from "./services/ec2/ec2.ts";
import { FlowLogCollector } from "./services/ec2/flow-log-collector.ts";
import { FlowLogDelivery } from "./services/ec2/flow-log-delivery.ts";
import { taskNetworking } from "./services/ec2/task-networking.ts";
import { taskVolumes } from "./services/ec2/task-volumes.ts";
import { VolumeKeys } from "./services/ec2/volume-keys.ts";
import { EcsExecAgents } from "./services/ecs/exec/exec-agents.ts";
import { ExecSessions } from "./services/ecs/exec/exec-sessions.ts";
import { TaskRoleApi } from "./services/ecs/exec/task-role-api.ts";
import { EcsTaskDiscovery } from "./services/ecs/discovery/task-discovery.ts";
import { imageAccess } from "./services/ecr/image-access.ts";
import { activeClusterArns } from "./services/ecs/clusters.ts";
import { retirementTime } from "./services/ecs/account-settings.ts";
import { createEcs } from "./services/ecs/ecs.ts";
import { EcsExecutionRole } from "./services/ecs/execution-role.ts";
import { FargateLaunchRates, unlimitedLaunches } from "./services/ecs/launch-rates.ts";
import { ClientAccess } from "./services/efs/client-access.ts";
import { Efs } from "./services/efs/efs.ts";
import { efsVolumes } from "./services/efs/volumes.ts";
import { Iam } from "./services/iam/iam.ts";
import { ensureLinkedRole } from "./services/iam/service-linked-roles.ts";
import { TaskEvents } from "./services/ecs/events/task-events.ts";
import { ServiceMetrics } from "./services/ecs/metrics/service-metrics.ts";
import { ServiceController } from "./services/ecs/service/service-controller.ts";
import { trafficController } from "./services/ecs/service/traffic-controller.ts";
import { serviceConnectTraffic } from "./services/ecs/service/traffic-service-connect.ts";
import { ServiceTrafficSplits } from "./services/ecs/service/traffic-splits.ts";
import { definitionDeleter } from "./services/ecs/task-definition/deletion.ts";
import { TaskApi } from "./services/ecs/task-api.ts";
import { taskProtection } from "./services/ecs/task-protection.ts";
import { allServices } from "./services/index.ts";
import { keyCrypto } from "./services/kms/key-crypto.ts";
import { Kms } from "./services/kms/kms.ts";
import { Logs } from "./services/logs/logs.ts";
import { objectReader } from "./services/s3/object-reader.ts";
import { S3 } from "./services/s3/s3.ts";
import { ServiceDiscovery } from "./services/servicediscovery/service-discovery.ts";
import { noRotationFunctions } from "./services/secretsmanager/rotation-functions.ts";
import { SecretsManager } from "./services/secretsmanager/secrets-manager.ts";
import { secretReader } from "./services/ssm/secret-reader.ts";
import { Ssm } from "./services/ssm/ssm.ts";
import { iamIdentities } from "./services/sts/identities.ts";
import { Sts } from "./services/sts/sts.ts";
import { fetchDocument } from "./services/sts/web-identity/provider-fetch.ts";
import { ProviderKeys } from "./services/sts/web-identity/provider-keys.ts";
import { sqliteDialect } from "./store/sqlite.ts";
import { Store } from "./store/store.ts";
import { AgentEndpoint } from "./tasks/agent-endpoint/agent-endpoint.ts";
import { credentialsRoute } from "./tasks/agent-endpoint/credentials.ts";
import { taskProtectionRoute } from "./tasks/agent-endpoint/task-protection.ts";
import { faultRoutes } from "./tasks/agent-endpoint/faults/routes.ts";
import { metadataRoutes } from "./tasks/agent-endpoint/metadata-routes.ts";
import { StatsSampler } from "./tasks/agent-endpoint/stats-sampler.ts";
import { LogFollower } from "./tasks/log-shipper/log-follower.ts";
import { NoOutput } from "./tasks/log-shipper/no-output.ts";
import { TaskFiles } from "./tasks/task-files.ts";
import { TaskEngine } from "./tasks/task-engine.ts";
import { TaskRoles, taskLives } from "./tasks/task-role.ts";
import { VERSION } from "./version.ts";
import { AuthorizationFailures } from "./wire/authorization-failures.ts";
import { createFrontDoor, type Mount } from "./wire/front-door.ts";
import { Throttle } from "./wire/throttle.ts";
import { createInvoke } from "./wire/invoke.ts";

/** Builds the engine from its parts: the only place where they all meet. */
export async function assemble(config: Config, log: Logger): Promise<Engine> {
  const clock = systemClock;
  const ids = randomIds;
  const inFolder = (file: string) => join(config.dataFolder, file);

  const store = new Store(sqliteDialect(inFolder("state.db")), log);
  const events = new EventBus({ store, clock, ids, log });
  const keyring = await openKeyring(config);
  let rootKey = loadOrCreateRootKey(config.dataFolder, config.account, keyring);
  const rootKeyFacts = () => ({
    account: config.account,
    accessKeyId: rootKey.accessKeyId,
    createdAt: rootKey.createdAt,
  });
  const iam = new Iam({ store, keyring, rootKey: rootKeyFacts, clock, ids, log });
  const authorizer = config.auth ? new PolicyAuthorizer({ directory: iam.directory }) : allowAll;
  const roles = config.auth ? serviceRoles(iam.directory) : anyRoles(iam.directory);
  const failures = new AuthorizationFailures(keyring);
  const kms = new Kms({ store, keyring, authorizer, clock, ids, log });
  const keys = keyCrypto(kms);
  const secretsManager = new SecretsManager({ store, keys, functions: noRotationFunctions, clock, ids, log });
  const ssm = new Ssm({ store, keys, keyring, clock, ids, log });
  const registry = new Registry({ store, folder: join(config.dataFolder, "registry"), clock, ids, log });
  const { compute, network, proxies, disks, files } = backends(config, log, registry);
  const ec2 = new Ec2({ store, network, clock, ids, log });
  const s3 = new S3({ store, folder: inFolder("s3"), clock, ids, log });
  const discovery = new ServiceDiscovery({ store, ec2, clock, ids, log });
  ec2.useZones(discovery);
  ec2.useDisks(disks.volumes, new VolumeKeys({ keys, roles, clock }));
  const volumes = taskVolumes(ec2);
  const efs = new Efs({ store, ec2, files, clock, ids, log });
  const clientAccess = new ClientAccess(efs, clock);
  const trail = new CloudTrail({ path: inFolder("cloudtrail.db"), clock, ids, log });
  const cloudwatch = new CloudWatch({ store, path: inFolder("metrics.db"), clock, ids, log });
  const logs = new Logs({ store, clock, ids, log, path: inFolder("logs.db") });
  const networking = taskNetworking(ec2);
  const executionRole = new EcsExecutionRole({ port: config.port, enforced: config.auth, clock, ids });
  const shipper = compute.hasFiles
    ? new LogFollower({ sink: logs.sink, role: executionRole, clock, log })
    : new NoOutput();
  const execAgents = new EcsExecAgents();
  const exec = new ExecSessions({ compute, clock, ids, log });
  const splits = new ServiceTrafficSplits();
  const taskDiscovery = new EcsTaskDiscovery({
    directory: discovery.directory,
    proxies,
    splits,
    files: new TaskFiles(config.dataFolder),
    clock,
    log,
  });
  const tasks = new TaskEngine({
    store,
    compute,
    networking,
    discovery: taskDiscovery,
    sink: logs.sink,
    objects: objectReader(s3),
    executionRole,
    execAgents,
    shipper,
    dataFolder: config.dataFolder,
    // Simulated containers see no secrets, and their run folder may be a part of the data folder.
    ...(config.compute === "containerd" ? { secretsFolder: join(config.runFolder, "task-secrets") } : {}),
    ...(config.compute === "containerd" ? { isolation: config } : {}),
    disks: disks.tasks,
    volumeProviders: [volumes, efsVolumes(efs, clientAccess)],
    observer: new TaskEvents({ events, clock }),
    imageCacheBytes: config.imageCacheGiB * 1024 ** 3,
    clock,
    log,
  });
  const ecs = createEcs({
    store,
    engine: tasks,
    networking,
    volumes,
    directory: discovery.directory,
    events,
    exec,
    execAgents,
    roles,
    ensureLinkedRole: (scope) => ensureLinkedRole(iam, scope, "ecs.amazonaws.com"),
    launchRates: config.throttling ? new FargateLaunchRates(clock) : unlimitedLaunches,
    alarms: alarmStates(cloudwatch),
    clock,
    ids,
    log,
  });
  iam.linkedRoleUsers.set("ecs.amazonaws.com", ({ account }) => activeClusterArns(ecs, account));
  splits.use(ecs.store);
  const traffic = trafficController(ecs, store, [serviceConnectTraffic(taskDiscovery)]);
  const controller = new ServiceController(ecs, store);
  const engineMetrics = new EngineMetrics(controller.rounds);
  const definitionDeletion = definitionDeleter(ecs, store);
  const serviceMetrics = new ServiceMetrics({
    compute,
    running: async () => (await tasks.tasks.listAll({ last_status: "RUNNING" })).map(({ document }) => document),
    publish: (...data) => putServiceData(cloudwatch, ...data),
    clock,
    log,
  });
  const stats = new StatsSampler({ compute, network, clock, log });
  const sessions = new Sessions(loadOrCreateSessionSecret(config.dataFolder, keyring));
  const { directory } = iam;
  const taskRoles = new TaskRoles(sessions, roles);
  const sts = new Sts({
    sessions,
    identities: iamIdentities(iam),
    providerKeys: new ProviderKeys(fetchDocument, clock),
    rootKey: rootKeyFacts,
    checked: config.auth,
    failures,
    clock,
  });
  const services = allServices({
    trail,
    cloudwatch,
    ec2,
    ecr: { registry },
    ecs,
    iam,
    kms,
    logs,
    efs,
    discovery,
    s3,
    secretsManager,
    ssm,
    sts,
  });

  const scope = { account: config.account, region: config.region };
  const holders = { directory, taskLives: taskLives(tasks.tasks), rolesExist: config.auth };
  const signatures = new SignatureAuthenticator(
    accessKeys({
      root: () => rootAccessKey(rootKey, config.account),
      sessions,
      ...holders,
    }),
    clock,
    noteUse(directory),
  );
  const authenticator = config.auth ? signatures : new OpenAuthenticator(scope, sessions);
  const invoke = createInvoke({ authorizer, failures, observer: trail, clock, ids, log });
  clientAccess.use({ authorizer, roles: taskRoles });
  const taskRoleApi = new TaskRoleApi({ services, invoke, authorizer, roles: taskRoles, clock });
  execAgents.use(taskRoleApi);
  exec.use(taskRoleApi);
  executionRole.use({ services, invoke, authorizer, observer: trail, roles: taskRoles });
  ssm.useSessions(exec);
  ssm.useSecrets(secretReader(services, invoke));
  const serviceNamed = (name: string) => services.find(({ statics }) => statics.name === name)!;
  const delivery = new FlowLogDelivery({ sink: logs.sink, logs: serviceNamed("logs"), authorizer, roles, clock });
  const flowLogs = new FlowLogCollector({ ec2, sink: delivery, log });
  const agent = new AgentEndpoint({
    tasks: tasks.tasks,
    network,
    routes: [
      ...metadataRoutes({ stats, storage: tasks.storage, clock }),
      ...faultRoutes({ network, clock, log }),
      credentialsRoute(taskRoles, clock),
      taskProtectionRoute({
        protection: taskProtection({ service: serviceNamed("ecs"), invoke, roles: taskRoles, clock }),
        ids,
        clock,
      }),
    ],
    clock,
    log,
  });
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
    userNamespaces: compute.hasUserNamespaces,
    storageEncrypted: config.compute === "containerd" && config.encryptStorage,
    auth: config.auth,
    ephemeral: config.ephemeral,
    dataFolder: config.dataFolder,
    masterKey: presentMasterKey(config.dataFolder, keyring.masterKey),
    unwrittenEvents: trail.unwritten,
    publicPool: network.publicPool(),
    tasks: await tasks.count(),
    services: services.map((service) => service.statics.name),
  });

  const gate = new RequestGate();
  const lower: Component[] = [
    new LogFiles(
      [logFile, containerdLogFile, stargzLogFile].map((path) => path(config.dataFolder)),
      log,
    ),
    { name: "store", start: () => store.open(), stop: () => store.close() },
    events,
    ...Object.entries(disks).map(([kind, part]) => component(`storage of ${kind}`, part)),
    component("storage of EFS", files),
    component("compute", compute),
    component("network", network),
    component("service-connect", proxies),
    registry,
    logs,
    trail,
    engineMetrics,
  ];
  const upper: Component[] = [
    iam,
    kms,
    secretsManager,
    ssm,
    cloudwatch,
    stats,
    agent,
    ec2,
    efs,
    flowLogs,
    s3,
    discovery,
    exec,
    tasks,
    traffic,
    controller,
    definitionDeletion,
    // Simulated containers use nothing.
    ...(config.compute === "containerd" ? [serviceMetrics] : []),
  ];
  const life = new EngineLife({ lower, upper, gate, controller, tasks, compute, network, files, log }, async () => {
    await logs.stop();
    trail.events.clear();
    cloudwatch.clearMetrics();
    await store.clear();
    await s3.clear();
    await ec2.volumes.removeAll();
    await files.clear();
    logs.start();
    await registry.uploads.clear();
    await registry.sweep();
  });
  const reset = () => life.reset();

  const metrics = async () => prometheusText(await proxies.metrics()) + engineMetrics.text();
  const admin = adminPaths({ status, reset, metrics, ephemeral: config.ephemeral, log });
  const current = (principal: Principal) => currentPrincipal(holders, principal);
  const permit = imageAccess({ ecr: { registry }, authorizer, current, clock });
  const imagesWith = (auth: boolean): Mount => ({
    prefix: "/v2/",
    handle: registryHandler(registry, { auth, defaultScope: scope, log, ...(auth ? { permit } : {}) }),
  });
  const images = imagesWith(config.auth);
  const throttle = config.throttling ? new Throttle(clock) : undefined;
  const doorWith = (mounts: Mount[], who = authenticator) =>
    createFrontDoor({
      services,
      authenticator: who,
      authorizer,
      failures,
      observer: trail,
      ...(throttle ? { throttle } : {}),
      home: scope,
      mounts,
      log,
      clock,
      ids,
    });
  const frontDoor = doorWith([{ prefix: ADMIN_PREFIX, handle: admin }, images]);
  const guarded = gate.guard(frontDoor);
  // What a VPC endpoint leads to: AWS's APIs and images, nothing of the engine's own.
  ec2.useApi(gate.guard(doorWith([images])));
  const upgrade: Engine["upgrade"] = (request, socket, head) => exec.upgrade(request, socket, head);
  // Every task has it, wanted or not: signatures are checked there in any case.
  lower.push(new TaskApi(network, gate.guard(doorWith([imagesWith(true)], signatures)), upgrade));
  const listener: Engine["listener"] = (request, response) =>
    (request.url?.startsWith(ADMIN_PREFIX) ? frontDoor : guarded)(request, response);

  return {
    get rootKey() {
      return rootKey;
    },
    rotateRootKey: () => (rootKey = replaceRootKey(config.dataFolder, config.account, keyring)),
    listener,
    upgrade,
    endSessions: () => exec.stop(),
    status,
    async pull(options) {
      return (await compute.pull({ ...options, scope })).digest;
    },
    retire: ({ taskArn, at }) => tasks.retire(taskArn, (of) => at ?? retirementTime(ecs, of)),
    interrupt: ({ at, ...choice }) => tasks.interrupt(choice, at),
    events: (options, signal) => eventStream(events, options, signal),
    reset,
    start: () => life.start(),
    stop: (options) => life.stop(options, { forget: config.ephemeral }),
  };
}

function component(name: string, part: { start(): Promise<void>; stop?(): Promise<void> }): Component {
  return { name, start: () => part.start(), stop: async () => part.stop?.() };
}
