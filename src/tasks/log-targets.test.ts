import { expect, test } from "vitest";
import { logTargetOf } from "./log-targets.ts";
import type { ContainerRecord, TaskRecord } from "./task-record.ts";

/** The attributes of a Splunk event of a container with such labels and variables. */
function attributes(options: Record<string, string>): Record<string, string> {
  const container = { name: "app", id: "0123456789abcdef" } as ContainerRecord;
  const task = {
    eni: { privateDnsName: "ip-10-0-0-1.ec2.internal" },
    overrides: {},
    definition: {
      containerDefinitions: [
        {
          name: "app",
          environment: [
            { name: "APP_COLOR", value: "blue" },
            { name: "APP_SIZE", value: "1" },
            { name: "OTHER", value: "x" },
          ],
          dockerLabels: { "com.example.team": "a", stage: "test" },
          logConfiguration: { logDriver: "splunk", options: { "splunk-url": "http://s:8088", ...options } },
        },
      ],
    },
  } as unknown as TaskRecord;
  const target = logTargetOf(task, container, { taskFolder: "/", secretOptions: {} });
  if (target?.driver !== "splunk") throw new Error("not a Splunk target");
  return target.attributes;
}

test.each<[options: Record<string, string>, attributes: Record<string, string>]>([
  [{}, {}],
  [
    { env: "OTHER,NONE", labels: "stage" },
    { stage: "test", OTHER: "x" },
  ],
  [{ "env-regex": "^APP_" }, { APP_COLOR: "blue", APP_SIZE: "1" }],
  [
    { "labels-regex": "(?i)^COM\\.", env: "OTHER", "env-regex": "SIZE$" },
    { "com.example.team": "a", APP_SIZE: "1", OTHER: "x" },
  ],
  [{ "env-regex": "(" }, {}],
])("attributes of Splunk events with %j", (options, expected) => {
  expect(attributes(options)).toEqual(expected);
});
