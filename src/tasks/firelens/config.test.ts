import type { ContainerDefinition } from "@aws-sdk/client-ecs";
import { expect, test } from "vitest";
import type { ContainerRecord, TaskRecord } from "../task-record.ts";
import { firelensConfig } from "./config.ts";
import { firelensDependency, firelensEnvironment, firelensMounts, firelensSecrets, routerOf } from "./router.ts";

const app: ContainerDefinition = {
  name: "app",
  logConfiguration: {
    logDriver: "awsfirelens",
    options: {
      Name: "firehose",
      region: "us-west-2",
      delivery_stream: "my-stream",
      "include-pattern": "*failure*",
      "exclude-pattern": "*success*",
      "log-driver-buffer-limit": "2097152",
      mode: "non-blocking",
    },
  },
};
const router: ContainerDefinition = { name: "router", firelensConfiguration: { type: "fluentbit" } };

function taskOf(...containerDefinitions: ContainerDefinition[]): TaskRecord {
  return {
    taskId: "0123",
    taskArn: "arn:aws:ecs:us-east-1:000000000000:task/main/0123",
    clusterArn: "arn:aws:ecs:us-east-1:000000000000:cluster/main",
    definition: { family: "web", revision: 3, containerDefinitions },
    containers: containerDefinitions.map(({ name }) => ({ name }) as ContainerRecord),
  } as TaskRecord;
}

const configOf = (task: TaskRecord) => firelensConfig(task, routerOf(task)!);

test("the configuration of Fluent Bit", () => {
  const fromFile = { "config-file-type": "file", "config-file-value": "/extra.conf" };
  const plain = { name: "plain", logConfiguration: { logDriver: "awsfirelens" as const } };
  expect(configOf(taskOf(app, plain, { ...router, firelensConfiguration: { type: "fluentbit", options: fromFile } })))
    .toBe(`
[INPUT]
    Name forward
    Mem_Buf_Limit 25MB
    unix_path /var/run/fluent.sock

[INPUT]
    Name forward
    Listen 127.0.0.1
    Port 24224

[INPUT]
    Name tcp
    Tag firelens-healthcheck
    Listen 127.0.0.1
    Port 8877

[FILTER]
    Name   grep
    Match app-firelens*
    Regex  log *failure*

[FILTER]
    Name   grep
    Match app-firelens*
    Exclude log *success*

[FILTER]
    Name record_modifier
    Match *
    Record ecs_cluster main
    Record ecs_task_arn arn:aws:ecs:us-east-1:000000000000:task/main/0123
    Record ecs_task_definition web:3

@INCLUDE /extra.conf

[OUTPUT]
    Name null
    Match firelens-healthcheck

[OUTPUT]
    Name firehose
    Match app-firelens*
    delivery_stream my-stream
    region us-west-2
`);
});

test("the configuration of Fluentd", () => {
  const options = { "@type": "stdout", "include-pattern": "^E", b: "2", a: "1" };
  const one = { name: "app", logConfiguration: { logDriver: "awsfirelens" as const, options } };
  const without = { "enable-ecs-log-metadata": "false" };
  const task = taskOf(one, { name: "router", firelensConfiguration: { type: "fluentd", options: without } });
  expect(configOf(task)).toBe(`
<source>
    @type unix
    path /var/run/fluent.sock
</source>

<source>
    @type forward
    bind 127.0.0.1
    port 24224
</source>

<filter app-firelens**>
    @type  grep
    <regexp>
        key log
        pattern /^E/
    </regexp>
</filter>

<match app-firelens**>
    @type stdout
    a 1
    b 2
</match>
`);
  expect(configOf(taskOf(one, { name: "router", firelensConfiguration: { type: "fluentd" } }))).toContain(`
<filter **>
    @type record_transformer
    <record>
        ecs_cluster main
        ecs_task_arn arn:aws:ecs:us-east-1:000000000000:task/main/0123
        ecs_task_definition web:3
    </record>
</filter>
`);
});

test("secret options are variables of the router, to which its configuration refers", () => {
  const user: ContainerDefinition = {
    name: "app",
    logConfiguration: {
      logDriver: "awsfirelens",
      options: { Name: "http" },
      secretOptions: [{ name: "apiKey", valueFrom: "key" }],
    },
  };
  const task = taskOf({ name: "first" }, user, router);
  expect(configOf(task)).toContain("\n[OUTPUT]\n    Name http\n    Match app-firelens*\n    apiKey ${apiKey_1}\n");
  const fluentd = { ...user, logConfiguration: { ...user.logConfiguration!, options: { "@type": "http" } } };
  expect(configOf(taskOf(fluentd, { ...router, firelensConfiguration: { type: "fluentd" } }))).toContain(
    `    apiKey "#{ENV['apiKey_0']}"\n`,
  );
  const values = { app: { apiKey: "4711" } };
  const variables = task.containers.map((container) => firelensSecrets(task, container, values));
  expect(variables).toEqual([{}, {}, { apiKey_1: "4711" }]);
});

test("settings without a plugin are refused", () => {
  const lost = {
    name: "app",
    logConfiguration: { logDriver: "awsfirelens" as const, options: { region: "us-west-2" } },
  };
  expect(() => configOf(taskOf(lost, router))).toThrow(
    "unable to apply log options of container app to firelens config: missing output key Name which is required for firelens configuration of type fluentbit",
  );
});

test("containers wait for their router, unless they say how, or it waits for others", () => {
  const dependencies = (...definitions: ContainerDefinition[]) => {
    const task = taskOf(...definitions);
    return task.containers.map((container) => firelensDependency(task, container));
  };
  const start = [{ containerName: "router", condition: "START" }];
  expect(dependencies(app, router, { name: "other" })).toEqual([start, [], []]);
  expect(dependencies({ ...app, dependsOn: [{ containerName: "router", condition: "HEALTHY" }] }, router)).toEqual([
    [],
    [],
  ]);
  expect(dependencies(app, { ...router, dependsOn: [{ containerName: "app", condition: "START" }] })).toEqual([[], []]);
});

test("what containers see of it", () => {
  const task = taskOf(app, { name: "router", firelensConfiguration: { type: "fluentd" } });
  const [user, itself] = task.containers;
  expect(firelensEnvironment(task, user!)).toEqual({ FLUENT_HOST: "127.0.0.1", FLUENT_PORT: "24224" });
  expect(firelensEnvironment(task, itself!)).toEqual({ FLUENT_UID: "0" });
  expect(firelensMounts(task, user!, "/t")).toEqual([]);
  expect(firelensMounts(task, itself!, "/t")).toEqual([
    { source: "/t/firelens/fluent.conf", destination: "/fluentd/etc/fluent.conf", readOnly: false },
    { source: "/t/firelens/socket", destination: "/var/run", readOnly: false },
  ]);
});
