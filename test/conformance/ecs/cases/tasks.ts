import type { RunTaskRequest } from "@aws-sdk/client-ecs";
import { expect } from "vitest";
import { arnOf, INVALID, many, NO_CLUSTER, of, type World } from "./operation-case.ts";

const cluster = "test";
const STRANGER = "0123456789abcdef0123456789abcdef";
const strangers = (n: number) => many(n, (index) => String(index).padStart(32, "0"));

const run =
  (more: Partial<RunTaskRequest> = {}) =>
  ({ plain, subnetIds }: World): RunTaskRequest => ({
    cluster,
    taskDefinition: plain,
    launchType: "FARGATE",
    networkConfiguration: { awsvpcConfiguration: { subnets: subnetIds.slice(0, 1) } },
    ...more,
  });

const inNetwork = (subnets: string[], securityGroups: string[] = []): Partial<RunTaskRequest> => ({
  networkConfiguration: { awsvpcConfiguration: { subnets, securityGroups } },
});

const started = (count: number) => ({ tasks: { length: count }, failures: [] });

/** Overrides whose JSON has that many characters. */
function overridesOf(characters: number): RunTaskRequest["overrides"] {
  const withText = (text: string) => ({ containerOverrides: [{ name: "app", command: [text] }] });
  return withText("x".repeat(characters - JSON.stringify(withText("")).length));
}

const idOf = (arn: string) => arn.split("/").at(-1)!;

export const taskCases = [
  of("RunTask")
    .does("starts one", run(), ({ plain }) => ({
      tasks: [
        {
          taskDefinitionArn: plain,
          clusterArn: arnOf("cluster/test"),
          desiredStatus: "RUNNING",
          lastStatus: "PROVISIONING",
          launchType: "FARGATE",
          platformVersion: "1.4.0",
          platformFamily: "Linux",
          cpu: "256",
          memory: "512",
          version: 1,
          group: expect.stringMatching(/^family:/),
          attachments: [{ type: "ElasticNetworkInterface", status: "PRECREATED" }],
          containers: [{ name: "app", lastStatus: "PENDING", networkInterfaces: [], cpu: "0" }],
          overrides: { containerOverrides: [{ name: "app" }], inferenceAcceleratorOverrides: [] },
          attributes: expect.arrayContaining([{ name: "ecs.cpu-architecture", value: expect.any(String) }]),
        },
      ],
      failures: [],
    }))
    .reaches("10 at once", run({ count: 10 }), () => started(10))
    .reaches("somebody of 128", run({ startedBy: "s".repeat(128) }), () => started(1))
    .reaches("a token of 64", run({ clientToken: "t".repeat(64) }), () => started(1))
    .reaches(
      "16 subnets and 5 groups",
      ({ subnetIds, groupIds, ...world }) =>
        run(inNetwork(subnetIds.slice(0, 16), groupIds.slice(0, 5)))({ subnetIds, groupIds, ...world }),
      () => started(1),
    )
    .reaches("8,192 characters of overrides", run({ overrides: overridesOf(8192) }), () => started(1))
    .refuses("11 at once", run({ count: 11 }), INVALID, "Task count can not be greater than 10")
    .refuses("none", run({ count: 0 }), INVALID, "Task count can not be lesser than 1")
    .refuses("somebody of 129", run({ startedBy: "s".repeat(129) }), INVALID, "startedBy longer than 128.")
    .reaches("a reference of 1,024", run({ referenceId: "r".repeat(1024) }), () => started(1))
    .refuses("a reference of 1,025", run({ referenceId: "r".repeat(1025) }), INVALID, "referenceId longer than 1024.")
    .refuses("a token of 65", run({ clientToken: "t".repeat(65) }), INVALID, "idempotency token longer than 64.")
    .refuses(
      "another request with the same token",
      run({ clientToken: "t".repeat(64), startedBy: "another" }),
      "ConflictException",
      "The RunTask request could not be processed due to conflicts. The provided clientToken is already in use with a different request.",
    )
    .refuses("no subnet", run(inNetwork([])), INVALID, "subnets can not be empty.")
    .refuses(
      "17 subnets",
      run(inNetwork(many(17, (n) => `subnet-${n}`))),
      INVALID,
      "subnets can have at most 16 items.",
    )
    .refuses(
      "6 groups",
      ({ subnetIds, ...world }) =>
        run(
          inNetwork(
            subnetIds.slice(0, 1),
            many(6, (n) => `sg-${n}`),
          ),
        )({ subnetIds, ...world }),
      INVALID,
      "securityGroups can have at most 5 items.",
    )
    .refuses(
      "8,193 characters of overrides",
      run({ overrides: overridesOf(8193) }),
      INVALID,
      "Container Overrides length must be at most 8192",
    )
    .refuses("a group of services", run({ group: "service:web" }), INVALID, "Invalid namespace for group.")
    .refuses(
      "the tags of a service",
      run({ propagateTags: "SERVICE" }),
      INVALID,
      "propagateTags should be one of [TASK_DEFINITION,NONE]",
    )
    .refuses("no definition", run({ taskDefinition: undefined }), INVALID, "TaskDefinition can not be blank.")
    .refuses(
      "a launch type that is none",
      run({ launchType: "MOON" as "EC2" }),
      INVALID,
      "launch type should be one of [EC2,FARGATE,EXTERNAL,MANAGED_INSTANCES]",
    )
    .refuses(
      "storage of 20 GiB",
      run({ overrides: { ephemeralStorage: { sizeInGiB: 20 } } }),
      INVALID,
      "EphemeralStorage size should be at least 21",
    ),
  of("DescribeTasks")
    .does(
      "by ARN and by id, once each",
      ({ running, stopped }) => ({ cluster, tasks: [running, idOf(stopped), running] }),
      ({ running, stopped }) => ({
        tasks: [
          { taskArn: running, lastStatus: "RUNNING", startedAt: expect.any(Date), healthStatus: "UNKNOWN" },
          {
            taskArn: stopped,
            lastStatus: "STOPPED",
            stopCode: "UserInitiated",
            stoppedReason: "enough",
            stoppedAt: expect.any(Date),
          },
        ],
        failures: [],
      }),
    )
    .does(
      "what is missing",
      () => ({ cluster, tasks: [STRANGER] }),
      () => ({ tasks: [], failures: [{ arn: arnOf(`task/test/${STRANGER}`), reason: "MISSING" }] }),
    )
    .reaches(
      "100",
      () => ({ cluster, tasks: strangers(100) }),
      () => ({ failures: { length: 100 } }),
    )
    .refuses("101", () => ({ cluster, tasks: strangers(101) }), INVALID, "Tasks cannot have more than 100 elements")
    .refuses("none", () => ({ cluster, tasks: [] }), INVALID, "Tasks cannot be empty.")
    .refuses("an id that is none", () => ({ cluster, tasks: ["x"] }), INVALID, "taskId length should be one of [32,36]")
    .refuses(
      "a task of another cluster",
      () => ({ cluster, tasks: [arnOf(`task/other/${STRANGER}`)] }),
      INVALID,
      "Invalid identifier: Identifier is for cluster other. Your cluster is test",
    )
    .refuses("a cluster that is not there", () => ({ cluster: "none", tasks: [STRANGER] }), ...NO_CLUSTER),
  of("ListTasks")
    .does(
      "of a service",
      () => ({ cluster, serviceName: "web" }),
      ({ webTask }) => ({ taskArns: [webTask] }),
    )
    .does(
      "of somebody",
      () => ({ cluster, startedBy: "world" }),
      ({ running }) => ({ taskArns: [running] }),
    )
    .does(
      "that are to be stopped",
      () => ({ cluster, desiredStatus: "STOPPED" }),
      ({ stopped }) => ({ taskArns: expect.arrayContaining([stopped]) }),
    )
    .reaches(
      "none is to be pending",
      () => ({ cluster, desiredStatus: "PENDING" }),
      () => ({ taskArns: [] }),
    )
    .reaches(
      "one a page",
      () => ({ cluster, maxResults: 1 }),
      () => ({ taskArns: { length: 1 }, nextToken: expect.any(String) }),
    )
    .reaches(
      "none of EC2",
      () => ({ cluster, launchType: "EC2" }),
      () => ({ taskArns: [] }),
    )
    .refuses("101 a page", () => ({ cluster, maxResults: 101 }), INVALID, "Max results can not be greater than 100")
    .refuses("a token of nobody's", () => ({ cluster, nextToken: "x" }), INVALID, "Invalid token.")
    .refuses(
      "a service that is not there",
      () => ({ cluster, serviceName: "none" }),
      "ServiceNotFoundException",
      "Service not found.",
    ),
  of("StopTask")
    .does(
      "with a reason",
      ({ stopped }) => ({ cluster, task: stopped, reason: "another" }),
      ({ stopped }) => ({ task: { taskArn: stopped, desiredStatus: "STOPPED", stoppedReason: "enough" } }),
    )
    .reaches(
      "by its id",
      ({ stopped }) => ({ cluster: arnOf("cluster/test"), task: idOf(stopped) }),
      ({ stopped }) => ({ task: { taskArn: stopped } }),
    )
    .refuses("none that is there", () => ({ cluster, task: STRANGER }), INVALID, "The referenced task was not found.")
    .refuses("an id that is none", () => ({ cluster, task: "x" }), INVALID, "taskId length should be one of [32,36]"),
  of("UpdateTaskProtection")
    .does(
      "protects a service's task",
      ({ webTask }) => ({ cluster, tasks: [webTask], protectionEnabled: true, expiresInMinutes: 60 }),
      ({ webTask }) => ({
        protectedTasks: [{ taskArn: webTask, protectionEnabled: true, expirationDate: expect.any(Date) }],
        failures: [],
      }),
    )
    .reaches(
      "two days",
      ({ webTask }) => ({ cluster, tasks: [webTask], protectionEnabled: true, expiresInMinutes: 2880 }),
      () => ({ protectedTasks: { length: 1 } }),
    )
    .reaches(
      "one minute",
      ({ webTask }) => ({ cluster, tasks: [webTask], protectionEnabled: true, expiresInMinutes: 1 }),
      () => ({ protectedTasks: { length: 1 } }),
    )
    .reaches(
      "a task of no service",
      ({ running }) => ({ cluster, tasks: [running], protectionEnabled: true }),
      ({ running }) => ({ protectedTasks: [], failures: [{ arn: running, reason: "TASK_NOT_VALID" }] }),
    )
    .refuses(
      "longer",
      ({ webTask }) => ({ cluster, tasks: [webTask], protectionEnabled: true, expiresInMinutes: 2881 }),
      INVALID,
      "expiresInMinutes must be between 1 and 2880.",
    )
    .refuses(
      "shorter",
      ({ webTask }) => ({ cluster, tasks: [webTask], protectionEnabled: true, expiresInMinutes: 0 }),
      INVALID,
      "expiresInMinutes must be between 1 and 2880.",
    )
    .refuses(
      "11 tasks",
      () => ({ cluster, tasks: strangers(11), protectionEnabled: true }),
      INVALID,
      "Tasks cannot have more than 10 elements",
    )
    .refuses("no task", () => ({ cluster, tasks: [], protectionEnabled: true }), INVALID, "Tasks cannot be empty."),
  of("GetTaskProtection")
    .does(
      "shows it",
      ({ webTask }) => ({ cluster, tasks: [webTask] }),
      ({ webTask }) => ({ protectedTasks: [{ taskArn: webTask, protectionEnabled: true }], failures: [] }),
    )
    .reaches(
      "100, of which none is there",
      () => ({ cluster, tasks: strangers(100) }),
      () => ({ protectedTasks: [], failures: { length: 100 } }),
    )
    .refuses("101", () => ({ cluster, tasks: strangers(101) }), INVALID, "Tasks cannot have more than 100 elements")
    .refuses("a cluster that is not there", () => ({ cluster: "none", tasks: [STRANGER] }), ...NO_CLUSTER),
  of("ExecuteCommand")
    .refuses(
      "a task that was started without",
      ({ running }) => ({ cluster, task: running, command: "sh", interactive: true }),
      INVALID,
      /^The execute command failed because execute command was not enabled when the task was run/,
    )
    .refuses(
      "what nobody sits before",
      ({ running }) => ({ cluster, task: running, command: "sh", interactive: false }),
      INVALID,
      "Interactive is the only mode supported currently.",
    )
    .refuses(
      "a task that is not there",
      () => ({ cluster, task: STRANGER, command: "sh", interactive: true }),
      INVALID,
      "The referenced task was not found.",
    ),
];
