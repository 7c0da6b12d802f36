import type { ContainerDefinition, RegisterTaskDefinitionRequest } from "@aws-sdk/client-ecs";

const ROLE = "arn:aws:iam::000000000000:role/";
const SECRET = "arn:aws:secretsmanager:us-east-1:000000000000:secret:db-AbCdEf";
const AWSLOGS = { "awslogs-group": "/test", "awslogs-region": "us-east-1", "awslogs-stream-prefix": "app" };

const smallest: RegisterTaskDefinitionRequest = {
  family: "members",
  networkMode: "awsvpc",
  requiresCompatibilities: ["FARGATE"],
  cpu: "512",
  memory: "1024",
  executionRoleArn: `${ROLE}ecsTaskExecutionRole`,
  containerDefinitions: [{ name: "app", image: "web:1" }],
};

/** A definition with more, refused unless told. */
const task = (more: Partial<RegisterTaskDefinitionRequest>): RegisterTaskDefinitionRequest => ({
  ...smallest,
  ...more,
});
const container = (more: Partial<ContainerDefinition>) =>
  task({ containerDefinitions: [{ name: "app", image: "web:1", ...more }] });

/** Definitions whose every member is acted on: each comes back as it was sent. */
export const acceptedDefinitions: RegisterTaskDefinitionRequest[] = [
  task({
    taskRoleArn: `${ROLE}task`,
    pidMode: "task",
    tags: [{ key: "team", value: "shop" }],
    ephemeralStorage: { sizeInGiB: 21 },
    runtimePlatform: { cpuArchitecture: "X86_64", operatingSystemFamily: "LINUX" },
    enableFaultInjection: true,
    volumes: [
      { name: "scratch" },
      { name: "disk", configuredAtLaunch: true },
      {
        name: "files",
        efsVolumeConfiguration: {
          fileSystemId: "fs-0123456789abcdef0",
          rootDirectory: "/",
          transitEncryption: "ENABLED",
          transitEncryptionPort: 2049,
          authorizationConfig: { accessPointId: "fsap-0123456789abcdef0", iam: "ENABLED" },
        },
      },
    ],
    containerDefinitions: [
      {
        name: "app",
        image: "registry.example/web:1",
        repositoryCredentials: { credentialsParameter: SECRET },
        cpu: 128,
        memory: 256,
        memoryReservation: 128,
        portMappings: [
          { containerPort: 80, hostPort: 80, protocol: "tcp", name: "web", appProtocol: "http2" },
          { containerPortRange: "8000-8010", protocol: "udp" },
        ],
        essential: true,
        restartPolicy: { enabled: true, ignoredExitCodes: [0, 143], restartAttemptPeriod: 60 },
        entryPoint: ["sh", "-c"],
        command: ["serve"],
        environment: [{ name: "MODE", value: "fast" }],
        environmentFiles: [{ type: "s3", value: "arn:aws:s3:::bucket/app.env" }],
        mountPoints: [
          { sourceVolume: "scratch", containerPath: "/scratch", readOnly: true },
          { sourceVolume: "disk", containerPath: "/disk", readOnly: false },
        ],
        volumesFrom: [{ sourceContainer: "router", readOnly: true }],
        linuxParameters: { capabilities: { add: ["SYS_PTRACE"], drop: ["NET_RAW"] }, initProcessEnabled: true },
        secrets: [{ name: "PASSWORD", valueFrom: `${SECRET}:password::` }],
        dependsOn: [{ containerName: "router", condition: "HEALTHY" }],
        startTimeout: 120,
        stopTimeout: 120,
        versionConsistency: "disabled",
        user: "1000:1000",
        workingDirectory: "/srv",
        readonlyRootFilesystem: true,
        interactive: true,
        pseudoTerminal: true,
        dockerLabels: { tier: "front" },
        ulimits: [{ name: "nofile", softLimit: 65_535, hardLimit: 1_048_576 }],
        logConfiguration: {
          logDriver: "awsfirelens",
          options: { Name: "stdout" },
          secretOptions: [{ name: "key", valueFrom: SECRET }],
        },
        healthCheck: { command: ["CMD", "true"], interval: 5, timeout: 2, retries: 10, startPeriod: 300 },
        systemControls: [{ namespace: "net.core.somaxconn", value: "1024" }],
      },
      {
        name: "router",
        image: "fluent-bit:1",
        firelensConfiguration: { type: "fluentbit", options: { "enable-ecs-log-metadata": "true" } },
        logConfiguration: { logDriver: "awslogs", options: AWSLOGS },
        healthCheck: { command: ["CMD", "true"] },
      },
    ],
  }),
];

const notYet = (member: string) => `'${member}' is not supported by Neargate yet.`;
const notOnFargate = (member: string) => `Fargate compatible task definitions do not support ${member}`;
const withNetwork = (what: string) => `${what} supported on container when networkMode=awsvpc.`;

/** Definitions with a member that Fargate does not have, or Neargate not yet: refused, and the message says which. */
export const refusedDefinitions: [message: string, definition: RegisterTaskDefinitionRequest][] = [
  ["Links are not supported when networkMode=awsvpc.", container({ links: ["db"] })],
  [
    notOnFargate("devices"),
    container({
      linuxParameters: { devices: [{ hostPath: "/dev/fuse", containerPath: "/dev/fuse", permissions: ["read"] }] },
    }),
  ],
  [notOnFargate("sharedMemorySize"), container({ linuxParameters: { sharedMemorySize: 64 } })],
  [
    notOnFargate("tmpfs"),
    container({ linuxParameters: { tmpfs: [{ containerPath: "/t", size: 1, mountOptions: ["ro"] }] } }),
  ],
  [notOnFargate("maxSwap"), container({ linuxParameters: { maxSwap: 1 } })],
  [notOnFargate("swappiness"), container({ linuxParameters: { swappiness: 1 } })],
  [withNetwork("hostname is not"), container({ hostname: "web" })],
  [withNetwork("Disable Networking is not"), container({ disableNetworking: true })],
  [
    "Fargate requires that the ‘privileged’ setting be ‘false’ at the container level.",
    container({ privileged: true }),
  ],
  [withNetwork("DNS servers are not"), container({ dnsServers: ["10.0.0.2"] })],
  [withNetwork("DNS search domains are not"), container({ dnsSearchDomains: ["example"] })],
  [withNetwork("Extra hosts are not"), container({ extraHosts: [{ hostname: "db", ipAddress: "10.0.0.1" }] })],
  [notOnFargate("dockerSecurityOptions"), container({ dockerSecurityOptions: ["no-new-privileges"] })],
  [
    "Tasks using the Fargate launch type do not support GPU resource requirements.",
    container({
      resourceRequirements: [
        { type: "GPU", value: "1", sharingStrategy: { nvidiaMps: { memory: 1, maxComputePercent: 50 } } },
      ],
    }),
  ],
  [
    notYet("containerDefinitions[app].resourceRequirements"),
    container({ resourceRequirements: [{ type: "InferenceAccelerator", value: "device" }] }),
  ],
  [
    notYet("containerDefinitions[app].credentialSpecs"),
    container({ credentialSpecs: ["credentialspec:arn:aws:s3:::bucket/spec.json"] }),
  ],
  [notOnFargate("sourcePath"), task({ volumes: [{ name: "v", host: { sourcePath: "/tmp" } }] })],
  [
    notOnFargate("dockerVolumeConfiguration"),
    task({
      volumes: [
        {
          name: "v",
          dockerVolumeConfiguration: {
            scope: "task",
            autoprovision: true,
            driver: "local",
            driverOpts: { a: "b" },
            labels: { a: "b" },
          },
        },
      ],
    }),
  ],
  [
    notYet("volumes[v].s3filesVolumeConfiguration"),
    task({
      volumes: [
        {
          name: "v",
          s3filesVolumeConfiguration: {
            fileSystemArn: "arn:aws:s3files:us-east-1:000000000000:file-system/fs-1",
            rootDirectory: "/",
            transitEncryptionPort: 2049,
            accessPointArn: "arn:aws:s3files:us-east-1:000000000000:file-system/fs-1/access-point/fsap-1",
          },
        },
      ],
    }),
  ],
  [
    notYet("volumes[v].fsxWindowsFileServerVolumeConfiguration"),
    task({
      volumes: [
        {
          name: "v",
          fsxWindowsFileServerVolumeConfiguration: {
            fileSystemId: "fs-0123456789abcdef0",
            rootDirectory: "share",
            authorizationConfig: { credentialsParameter: SECRET, domain: "example" },
          },
        },
      ],
    }),
  ],
  [
    notOnFargate("constraints"),
    task({ placementConstraints: [{ type: "memberOf", expression: "attribute:ecs.os-type == linux" }] }),
  ],
  [notOnFargate("ipcMode"), task({ ipcMode: "task" })],
  [
    notYet("proxyConfiguration"),
    task({
      proxyConfiguration: {
        containerName: "app",
        type: "APPMESH",
        properties: [{ name: "ProxyIngressPort", value: "15000" }],
      },
    }),
  ],
  [
    notYet("inferenceAccelerators"),
    task({ inferenceAccelerators: [{ deviceName: "device", deviceType: "eia1.medium" }] }),
  ],
];

/** Shorter ways to say the same, and how ECS says it. */
export const spelledDefinitions: [sent: Partial<RegisterTaskDefinitionRequest>, shown: object][] = [
  [
    { cpu: ".25 vCPU", memory: "0.5 GB" },
    { cpu: "256", memory: "512" },
  ],
  [
    { cpu: "1 vcpu", memory: "2GB" },
    { cpu: "1024", memory: "2048" },
  ],
  [
    { cpu: "32 vCPU", memory: "244 GB" },
    { cpu: "32768", memory: "249856" },
  ],
  [{ ephemeralStorage: { sizeInGiB: 200 } }, { ephemeralStorage: { sizeInGiB: 200 } }],
  [{ volumes: [{ name: "v", host: {} }] }, { volumes: [{ name: "v", host: {} }] }],
  [
    { containerDefinitions: [{ name: "app", image: "web:1", portMappings: [{ containerPort: 80 }] }] },
    {
      containerDefinitions: [
        {
          cpu: 0,
          essential: true,
          environment: [],
          mountPoints: [],
          volumesFrom: [],
          systemControls: [],
          portMappings: [{ containerPort: 80, hostPort: 80, protocol: "tcp" }],
        },
      ],
    },
  ],
];

export const smallestDefinition = smallest;
