import type {
  ContainerDefinition,
  HealthCheck,
  LogConfiguration,
  RegisterTaskDefinitionRequest,
} from "@aws-sdk/client-ecs";
import { describe, expect, test } from "vitest";
import { AwsError } from "../../../base/errors.ts";
import { validateTaskDefinition } from "./validate.ts";

const app: ContainerDefinition = { name: "app", image: "web:1" };
const role = "arn:aws:iam::000000000000:role/ecsTaskExecutionRole";
const logOptions = { "awslogs-group": "g", "awslogs-region": "us-east-1", "awslogs-stream-prefix": "p" };

function definition(
  change: Partial<RegisterTaskDefinitionRequest> = {},
  ...containers: ContainerDefinition[]
): RegisterTaskDefinitionRequest {
  return {
    family: "web",
    networkMode: "awsvpc",
    requiresCompatibilities: ["FARGATE"],
    cpu: "256",
    memory: "512",
    containerDefinitions: containers.length ? containers : [app],
    ...change,
  };
}

const container = (change: ContainerDefinition) => definition({}, { ...app, ...change });
const onEc2 = (change: ContainerDefinition) =>
  definition({ requiresCompatibilities: ["EC2"], networkMode: "bridge" }, { ...app, ...change });
const logged = (logConfiguration: LogConfiguration, executionRoleArn: string | undefined = role) =>
  definition({ executionRoleArn }, { ...app, logConfiguration });
const awslogs = (options: Record<string, string>) => logged({ logDriver: "awslogs", options });
const checked = (healthCheck: Partial<HealthCheck>) =>
  container({ healthCheck: { command: ["CMD", "true"], ...healthCheck } });

/** The code and message of what a definition is refused with. */
function refusal(input: RegisterTaskDefinitionRequest): { code: string; message: string } | undefined {
  try {
    validateTaskDefinition(input);
    return undefined;
  } catch (cause) {
    if (!(cause instanceof AwsError)) throw cause;
    return { code: cause.code, message: cause.message };
  }
}

describe("what ECS refuses, with its words", () => {
  test.each<[message: string, input: RegisterTaskDefinitionRequest]>([
    // the task
    ["Invalid 'cpu' setting for task.", definition({ cpu: "lots" })],
    ["Invalid 'memory' setting for task.", definition({ memory: "-1" })],
    ["Family contains invalid characters.", definition({ family: "a b" })],
    ["Container list cannot be empty.", { ...definition(), containerDefinitions: [] }],
    ["Container list cannot be empty.", { ...definition(), containerDefinitions: undefined }],
    [
      "Too many containers.",
      definition({}, ...Array.from({ length: 11 }, (_, index) => ({ ...app, name: `app${index}` }))),
    ],
    ["Fargate only supports network mode ‘awsvpc’.", definition({ networkMode: undefined })],
    ["Fargate only supports network mode ‘awsvpc’.", definition({ networkMode: "bridge" })],
    ["Fargate only supports network mode ‘awsvpc’.", definition({ networkMode: "host", cpu: undefined })],
    ["Fargate requires that 'cpu' be defined at the task level.", definition({ cpu: undefined })],
    [
      "Fargate requires that 'cpu' be defined at the task level.",
      definition({ cpu: undefined, memory: undefined }, { ...app, memory: 64 }),
    ],
    [
      "Fargate requires that 'memory' be defined at the task level.",
      definition({ memory: undefined }, { ...app, memory: 64 }),
    ],
    [
      "No Fargate configuration exists for given values: 256 CPU, 4096 memory. See the Amazon ECS documentation for the valid values.",
      definition({ memory: "4 GB" }),
    ],
    [
      "No Fargate configuration exists for given values: 1000 CPU, 2048 memory. See the Amazon ECS documentation for the valid values.",
      definition({ cpu: "1000", memory: "2048" }),
    ],
    ["Fargate compatible task definitions do not support ipcMode", definition({ ipcMode: "task" })],
    [
      "Tasks using the Fargate launch type do not support pidMode 'host'. The supported value for pidMode is 'task'.",
      definition({ pidMode: "host" }),
    ],
    [
      "Fargate compatible task definitions do not support constraints",
      definition({ placementConstraints: [{ type: "memberOf", expression: "attribute:x == y" }] }),
    ],
    [
      "Fargate compatible task definitions do not support sourcePath",
      definition({ volumes: [{ name: "v", host: { sourcePath: "/tmp" } }] }),
    ],
    [
      "Fargate compatible task definitions do not support dockerVolumeConfiguration",
      definition({ volumes: [{ name: "v", dockerVolumeConfiguration: { scope: "task" } }] }),
    ],
    ["EphemeralStorage size should be at least 21", definition({ ephemeralStorage: { sizeInGiB: 20 } })],
    ["EphemeralStorage size should be at most 200", definition({ ephemeralStorage: { sizeInGiB: 201 } })],
    [
      "Tasks using the EC2 launch type do not support EphemeralStorage.",
      definition({ requiresCompatibilities: ["EC2"], ephemeralStorage: { sizeInGiB: 30 } }),
    ],

    // names
    ["Container.name should not be null or empty.", container({ name: undefined })],
    ["Container.image should not be null or empty.", container({ image: "" })],
    ["Container.image contains invalid characters.", container({ image: "web server:1" })],
    [
      "Invalid container name 'a.b'. Up to 255 letters (uppercase and lowercase), numbers, underscores, and hyphens are allowed.",
      container({ name: "a.b" }),
    ],
    ["Container names must be unique within a task definition.", definition({}, app, app)],
    ["Task definition doesn't have any essential container.", container({ essential: false })],

    // memory and CPU
    [
      "Invalid setting for container 'app'. At least one of 'memory' or 'memoryReservation' must be specified.",
      definition({ memory: undefined }),
    ],
    [
      "Invalid setting for container 'app'. 'memory' must be greater than or equal to 'memoryReservation'.",
      container({ memory: 64, memoryReservation: 128 }),
    ],
    ["Invalid setting for container 'app'. 'memory' must be at least 6.", container({ memory: 4 })],
    ["The 'memory' setting for container 'app' is greater than for the task.", container({ memory: 1024 })],
    [
      "The sum of all container 'cpu' values cannot be greater than the value of the task 'cpu'.",
      definition({}, { ...app, cpu: 200 }, { ...app, name: "side", cpu: 100 }),
    ],
    [
      "The sum of all container 'memoryReservation' values cannot be greater than the value of the task 'memory'.",
      definition({}, { ...app, memoryReservation: 300 }, { ...app, name: "side", memoryReservation: 300 }),
    ],

    // what Fargate does not have
    [
      "Fargate requires that the ‘privileged’ setting be ‘false’ at the container level.",
      container({ privileged: true }),
    ],
    [
      "Fargate compatible task definitions do not support dockerSecurityOptions",
      container({ dockerSecurityOptions: ["no-new-privileges"] }),
    ],
    [
      "Tasks using the Fargate launch type do not support GPU resource requirements.",
      container({ resourceRequirements: [{ type: "GPU", value: "1" }] }),
    ],
    [
      "Fargate compatible task definitions do not support devices",
      container({ linuxParameters: { devices: [{ hostPath: "/dev/fuse" }] } }),
    ],
    ["Fargate compatible task definitions do not support maxSwap", container({ linuxParameters: { maxSwap: 0 } })],
    [
      "Fargate compatible task definitions do not support sharedMemorySize",
      container({ linuxParameters: { sharedMemorySize: 64 } }),
    ],
    [
      "NET_ADMIN is not allowed on Fargate.",
      container({ linuxParameters: { capabilities: { add: ["SYS_PTRACE", "NET_ADMIN"] } } }),
    ],

    // what a task with its own interface does not have
    ["Links are not supported when networkMode=awsvpc.", container({ links: ["db"] })],
    ["hostname is not supported on container when networkMode=awsvpc.", container({ hostname: "web" })],
    [
      "Extra hosts are not supported on container when networkMode=awsvpc.",
      container({ extraHosts: [{ hostname: "db", ipAddress: "10.0.0.1" }] }),
    ],
    ["DNS servers are not supported on container when networkMode=awsvpc.", container({ dnsServers: ["10.0.0.2"] })],
    [
      "Disable Networking is not supported on container when networkMode=awsvpc.",
      container({ disableNetworking: true }),
    ],

    // ports
    [
      "When networkMode=awsvpc, the host ports and container ports in port mappings must match.",
      container({ portMappings: [{ containerPort: 80, hostPort: 8080 }] }),
    ],
    ["Invalid 'containerPort' setting: it must be between 1 and 65535.", container({ portMappings: [{}] })],
    [
      "TCP container port '80' is used multiple times in task when networkMode=awsvpc.",
      definition(
        {},
        { ...app, portMappings: [{ containerPort: 80 }] },
        { ...app, name: "side", portMappings: [{ containerPort: 80, protocol: "tcp" }] },
      ),
    ],
    [
      "cannot specify both single port and port range",
      container({ portMappings: [{ containerPort: 80, containerPortRange: "80-90" }] }),
    ],
    ...["90-80", "80-80", "0-80", "80-65536", "80", "a-b"].map(
      (containerPortRange): [string, RegisterTaskDefinitionRequest] => [
        "Invalid 'containerPortRange' setting: it must be two ports between 1 and 65535, the first less than the last.",
        container({ portMappings: [{ containerPortRange }] }),
      ],
    ),
    [
      "TCP container port '85-95' is used multiple times in task when networkMode=awsvpc.",
      container({ portMappings: [{ containerPort: 90 }, { containerPortRange: "85-95" }] }),
    ],
    [
      "TCP container port '90-95' is used multiple times in task when networkMode=awsvpc.",
      definition(
        {},
        { ...app, portMappings: [{ containerPortRange: "80-90" }] },
        { ...app, name: "side", portMappings: [{ containerPortRange: "90-95" }] },
      ),
    ],
    [
      "Port mapping name is not supported with containerPortRange.",
      container({ portMappings: [{ containerPortRange: "80-90", name: "web" }] }),
    ],
    [
      "When networkMode=awsvpc, port mapping name is already used",
      container({
        portMappings: [
          { containerPort: 80, name: "web" },
          { containerPort: 81, name: "web" },
        ],
      }),
    ],

    // limits
    [
      "Soft limit exceeds hard limit for ulimit nofile",
      container({ ulimits: [{ name: "nofile", softLimit: 2, hardLimit: 1 }] }),
    ],
    [
      "Soft limit exceeds hard limit for ulimit memlock",
      container({ ulimits: [{ name: "memlock", softLimit: -1, hardLimit: 1 }] }),
    ],

    // timeouts
    ["Granular start timeout on container 'app' must be at least 2 seconds.", container({ startTimeout: 1 })],
    ["Granular stop timeout on container 'app' must be at least 2 seconds.", container({ stopTimeout: 0 })],
    [
      "Tasks using the Fargate launch type must have a container stop timeout of less than 120 seconds.",
      container({ stopTimeout: 121 }),
    ],

    // how it is run
    [
      "The 'restartAttemptPeriod' setting for container 'app' must be between 60 and 1800.",
      container({ restartPolicy: { enabled: true, restartAttemptPeriod: 59 } }),
    ],
    [
      "The 'restartAttemptPeriod' setting for container 'app' must be between 60 and 1800.",
      container({ restartPolicy: { enabled: true, restartAttemptPeriod: 1801 } }),
    ],
    [
      "Restart policy ignoredExitCodes must have at most 50 exit codes for container 'app'",
      container({ restartPolicy: { enabled: true, ignoredExitCodes: Array.from({ length: 51 }, (_, code) => code) } }),
    ],
    [
      "Invalid setting for container 'app'. The system control 'vm.swappiness' is not supported.",
      container({ systemControls: [{ namespace: "vm.swappiness", value: "1" }] }),
    ],
    [
      "Invalid setting for container 'app'. The system control 'kernel.panic' is not supported.",
      container({ systemControls: [{ namespace: "kernel.panic", value: "1" }] }),
    ],
    [
      "Invalid setting for container 'app'. The system control 'net.../kernel.panic' is not supported.",
      container({ systemControls: [{ namespace: "net.../kernel.panic", value: "1" }] }),
    ],
    [
      "Invalid setting for container 'app'. The 'value' of the system control 'net.core.somaxconn' must be specified.",
      container({ systemControls: [{ namespace: "net.core.somaxconn" }] }),
    ],

    // health
    ["Health check command cannot be empty for container 'app'", checked({ command: [] })],
    [
      "Health check interval must be less than or equal to the maximum allowed value 300 for container 'app'",
      checked({ interval: 301 }),
    ],
    [
      "Health check interval must be greater than or equal to the minimum allowed value 5 for container 'app'",
      checked({ interval: 4 }),
    ],
    [
      "Health check timeout must be less than or equal to the maximum allowed value 60 for container 'app'",
      checked({ timeout: 61 }),
    ],
    [
      "Health check retries must be less than or equal to the maximum allowed value 10 for container 'app'",
      checked({ retries: 11 }),
    ],
    [
      "Health check startPeriod must be less than or equal to the maximum allowed value 300 for container 'app'",
      checked({ startPeriod: 301 }),
    ],

    // logs and images
    [
      "json-file is not a valid log driver. Must be one of [awslogs,splunk,awsfirelens]",
      logged({ logDriver: "json-file" }),
    ],
    ["Log driver awslogs requires options: awslogs-region, awslogs-group", logged({ logDriver: "awslogs" })],
    ["Log driver awslogs requires options: awslogs-group", awslogs({ "awslogs-region": "us-east-1" })],
    [
      "Fargate requires log configuration options to include awslogs-stream-prefix to support log driver awslogs.",
      awslogs({ "awslogs-group": "g", "awslogs-region": "us-east-1" }),
    ],
    [
      "Fargate requires task definition to have execution role ARN to support log driver awslogs.",
      logged({ logDriver: "awslogs", options: logOptions }, ""),
    ],
    [
      "Fargate requires task definition to have execution role ARN to support ECR images.",
      container({ image: "000000000000.dkr.ecr.us-east-1.amazonaws.com/web:1" }),
    ],

    // dependencies
    [
      "Cannot depend on container + 'missing' because it does not exist",
      container({ dependsOn: [{ containerName: "missing", condition: "START" }] }),
    ],
    ["Container dependsOn contains a cycle", container({ dependsOn: [{ containerName: "app", condition: "START" }] })],
    [
      "Container dependsOn contains a cycle",
      definition(
        {},
        { ...app, dependsOn: [{ containerName: "side", condition: "START" }] },
        { ...app, name: "side", dependsOn: [{ containerName: "app", condition: "START" }] },
      ),
    ],
    [
      "A dependency container with SUCCESS or COMPLETE condition cannot be an essential container",
      definition(
        {},
        { ...app, dependsOn: [{ containerName: "init", condition: "SUCCESS" }] },
        { ...app, name: "init" },
      ),
    ],
    [
      "A dependency container with HEALTHY condition must have health check configured",
      definition({}, { ...app, dependsOn: [{ containerName: "db", condition: "HEALTHY" }] }, { ...app, name: "db" }),
    ],
  ])("%s", (message, input) => {
    expect(refusal(input)).toEqual({ code: "ClientException", message });
  });
});

describe("secrets", () => {
  const SECRET = "arn:aws:secretsmanager:us-east-1:000000000000:secret:db-AbCdEf";
  const secretly = (change: Partial<ContainerDefinition>, executionRoleArn: string | undefined = role) =>
    definition({ executionRoleArn }, { ...app, ...change });
  const named = (...names: string[]) => names.map((name) => ({ name, valueFrom: SECRET }));
  const from = (valueFrom: string) => secretly({ secrets: [{ name: "S", valueFrom }] });
  const needsRole = "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'.";
  const notAParameter =
    "The Systems Manager parameter name specified for secret S is invalid. The parameter name can be up to 2048 characters and include the following letters and symbols: a-zA-Z0-9_.-";
  const login = (credentialsParameter: string, image = "registry.example/web:1") =>
    secretly({ image, repositoryCredentials: { credentialsParameter } });
  const notASecret =
    "The repository credentials parameter specified for container 'app' is invalid. Parameter names can include up to 255 (uppercase and lowercase), numbers, hyphens, and underscores are allowed. Spaces are not allowed.";

  test.each<[message: string, input: RegisterTaskDefinitionRequest]>([
    [needsRole, { ...secretly({ secrets: named("S") }), executionRoleArn: undefined }],
    [
      needsRole,
      {
        ...secretly({ logConfiguration: { logDriver: "awsfirelens", secretOptions: named("key") } }),
        executionRoleArn: undefined,
      },
    ],
    ["Duplicate secret names found: S. Each secret name must be unique.", secretly({ secrets: named("S", "T", "S") })],
    [
      "The secret name must be unique and not shared with any new or existing environment variables set on the container, such as 'S'.",
      secretly({ secrets: named("S"), environment: [{ name: "S", value: "open" }] }),
    ],
    [notAParameter, from("with space")],
    [notAParameter, from("arn:aws:s3:::bucket/key")],
    [notAParameter, from("")],
    [
      "Private repository authentication requires that the task definition specify a value for executionRoleArn.",
      { ...login(SECRET), executionRoleArn: undefined },
    ],
    [
      "Private repository credentials are not a supported authentication method for ECR repositories.",
      login(SECRET, "000000000000.dkr.ecr.us-east-1.amazonaws.com/web:1"),
    ],
    [notASecret, login("a name")],
    [notASecret, login("arn:aws:ssm:us-east-1:000000000000:parameter/login")],
  ])("%s", (message, input) => {
    expect(refusal(input)).toEqual({ code: "ClientException", message });
  });

  test.each([
    from(SECRET),
    from(`${SECRET}:user::`),
    from("parameter"),
    from("/a/parameter"),
    from("arn:aws:ssm:eu-west-1:000000000000:parameter/a/parameter"),
    login(SECRET),
    login("my/login"),
  ])("%j passes", (input) => {
    expect(refusal(input)).toBeUndefined();
  });
});

test("a definition of more than 64 KiB is refused with its length", () => {
  const input = container({ environment: [{ name: "LONG", value: "x".repeat(70_000) }] });
  expect(refusal(input)?.message).toMatch(/^Actual length: '70\d{3}'\. Max allowed length is '65536' bytes\.$/);
});

describe("what Neargate does not do yet is refused, not dropped", () => {
  test.each<[field: string, input: RegisterTaskDefinitionRequest]>([
    ["logDriver json-file", onEc2({ logConfiguration: { logDriver: "json-file" } })],
  ])("%s", (field, input) => {
    expect(refusal(input)).toEqual({
      code: "InvalidParameterException",
      message: `'${field}' is not supported by Neargate yet.`,
    });
  });
});

describe("what a Fargate task can have passes", () => {
  test.each<[what: string, input: RegisterTaskDefinitionRequest]>([
    ["processes that containers see of each other", definition({ pidMode: "task" })],
    [
      "a restart policy",
      container({ restartPolicy: { enabled: true, ignoredExitCodes: [0, 143], restartAttemptPeriod: 1800 } }),
    ],
    [
      "kernel parameters of a namespace",
      container({
        systemControls: [
          { namespace: "net.ipv4.ip_local_port_range", value: "1025 65000" },
          { namespace: "net.ipv4.conf.eth0/1.rp_filter", value: "0" },
          { namespace: "fs.mqueue.msg_max", value: "20" },
          { namespace: "kernel.shm_rmid_forced", value: "1" },
        ],
      }),
    ],
    ["a terminal that waits for input", container({ interactive: true, pseudoTerminal: true })],
    [
      "ports in ranges beside others",
      container({
        portMappings: [
          { containerPortRange: "8000-8010" },
          { containerPort: 8011 },
          { containerPort: 8005, protocol: "udp" },
        ],
      }),
    ],
    ["limits without an end", container({ ulimits: [{ name: "memlock", softLimit: 65_536, hardLimit: -1 }] })],
    ["a tag that is resolved for each task", container({ versionConsistency: "disabled" })],
    ["another architecture", definition({ runtimePlatform: { cpuArchitecture: "ARM64" } })],
  ])("%s", (_, input) => {
    expect(refusal(input)).toBeUndefined();
  });
});

describe("what Terraform and CDK send for features that are off passes", () => {
  test.each<[what: string, input: RegisterTaskDefinitionRequest]>([
    ["empty lists", definition({ volumes: [], placementConstraints: [], inferenceAccelerators: [] })],
    ["no fault injection", definition({ enableFaultInjection: false })],
    ["a platform", definition({ runtimePlatform: { operatingSystemFamily: "LINUX", cpuArchitecture: "X86_64" } })],
    [
      "a container's defaults",
      container({ cpu: 0, essential: true, environment: [], mountPoints: [], volumesFrom: [], systemControls: [] }),
    ],
    [
      "switches that are off",
      container({ privileged: false, interactive: false, pseudoTerminal: false, hostname: "" }),
    ],
    ["a restart policy that is off", container({ restartPolicy: { enabled: false } })],
    ["version consistency", container({ versionConsistency: "enabled" })],
    ["no secrets", awslogs(logOptions)],
    ["empty secret options", logged({ logDriver: "awslogs", options: logOptions, secretOptions: [] })],
    ["host port 0", container({ portMappings: [{ containerPort: 80, hostPort: 0 }] })],
    [
      "a protocol for Service Connect",
      container({ portMappings: [{ containerPort: 80, name: "web", appProtocol: "http" }] }),
    ],
    ["a start timeout over two minutes, as AWS", container({ startTimeout: 121 })],
  ])("%s", (_, input) => {
    expect(refusal(input)).toBeUndefined();
  });
});

describe("compatibilities", () => {
  test.each([
    [["EC2", "MANAGED_INSTANCES", "FARGATE"], definition()],
    [["EC2", "FARGATE", "MANAGED_INSTANCES"], definition({ runtimePlatform: { cpuArchitecture: "ARM64" } })],
    [["EC2", "MANAGED_INSTANCES", "FARGATE"], definition({ requiresCompatibilities: [] })],
    [["EC2", "MANAGED_INSTANCES"], definition({ requiresCompatibilities: [], cpu: undefined })],
    [["EC2", "MANAGED_INSTANCES"], definition({ requiresCompatibilities: ["EC2"] }, { ...app, stopTimeout: 121 })],
    [["EXTERNAL", "EC2"], onEc2({ memory: 64 })],
  ])("%j", (compatibilities, input) => {
    expect(validateTaskDefinition(input).compatibilities).toEqual(compatibilities);
  });
});
