import type { ContainerDefinition, FirelensConfiguration, LogConfiguration } from "@aws-sdk/client-ecs";
import { expect, test } from "vitest";
import { AwsError } from "../../../base/errors.ts";
import { validateFirelens, validateLogs } from "./validate-logs.ts";

const awslogs = { "awslogs-group": "g", "awslogs-region": "r", "awslogs-stream-prefix": "p" };
const splunk = { "splunk-url": "https://splunk:8088", "splunk-token": "t" };

function messageOf(check: () => void): string | undefined {
  try {
    check();
  } catch (cause) {
    if (cause instanceof AwsError) return cause.message;
    throw cause;
  }
  return undefined;
}

test.each<[logDriver: LogConfiguration["logDriver"], options: Record<string, string>, message: string | undefined]>([
  ["awslogs", awslogs, undefined],
  [
    "awslogs",
    {
      ...awslogs,
      "awslogs-create-group": "true",
      "awslogs-datetime-format": "%Y",
      "awslogs-multiline-pattern": "(",
      mode: "blocking",
      "max-buffer-size": "25m",
    },
    undefined,
  ],
  ["awslogs", {}, "Log driver awslogs requires options: awslogs-region, awslogs-group"],
  ["awslogs", { ...awslogs, log_key: "a" }, "Log driver awslogs disallows options: log_key"],
  [
    "awslogs",
    { ...awslogs, mode: "fast" },
    "Invalid 'mode' fast for log driver awslogs: it must be blocking or non-blocking.",
  ],
  [
    "awslogs",
    { ...awslogs, "max-buffer-size": "big" },
    "Invalid 'max-buffer-size' big for log driver awslogs: it must be a size such as 10m.",
  ],
  [
    "awslogs",
    { ...awslogs, "awslogs-format": "json/emf" },
    "'at.options.awslogs-format' is not supported by Neargate yet.",
  ],
  ["splunk", splunk, undefined],
  [
    "splunk",
    {
      ...splunk,
      "splunk-format": "raw",
      "splunk-gzip": "1",
      "splunk-gzip-level": "-1",
      tag: "",
      env: "A",
      "env-regex": "^B",
    },
    undefined,
  ],
  ["splunk", { "splunk-url": "https://splunk" }, "Log driver splunk requires options: splunk-token"],
  ["splunk", { ...splunk, "splunk-color": "red" }, "Log driver splunk disallows options: splunk-color"],
  [
    "splunk",
    { ...splunk, "splunk-url": "https://splunk/path" },
    "Invalid 'splunk-url' https://splunk/path for log driver splunk: it must be scheme://dns_name_or_ip:port.",
  ],
  [
    "splunk",
    { ...splunk, "splunk-verify-connection": "maybe" },
    "Invalid 'splunk-verify-connection' maybe for log driver splunk: it must be true or false.",
  ],
  ["splunk", { ...splunk, "splunk-capath": "/ca" }, "'at.options.splunk-capath' is not supported by Neargate yet."],
  ["awsfirelens", {}, undefined],
  ["awsfirelens", { Name: "anything", "log-driver-buffer-limit": "2097152" }, undefined],
  [
    "awsfirelens",
    { "log-driver-buffer-limit": "2m" },
    "Invalid 'log-driver-buffer-limit' 2m for log driver awsfirelens: it must be from 0 to 536870912.",
  ],
  ["json-file", {}, "'logDriver json-file' is not supported by Neargate yet."],
])("%s with %j", (logDriver, options, message) => {
  expect(messageOf(() => validateLogs({ logDriver, options }, "at"))).toBe(message);
});

test("options can be secrets in task definitions, as far as the driver takes them", () => {
  const secret = (name: string) => [{ name, valueFrom: "token" }];
  const { "splunk-token": _, ...options } = splunk;
  const sealed = { logDriver: "splunk" as const, options, secretOptions: secret("splunk-token") };
  const messageFor = (logs: LogConfiguration) => messageOf(() => validateLogs(logs, "at", { secrets: true }));
  expect(messageOf(() => validateLogs(sealed, "at"))).toBe("'at.secretOptions' is not supported by Neargate yet.");
  expect(messageFor(sealed)).toBeUndefined();
  expect(messageFor({ logDriver: "splunk", options })).toBe("Log driver splunk requires options: splunk-token");
  expect(messageFor({ logDriver: "awsfirelens", secretOptions: secret("apiKey") })).toBeUndefined();
  expect(messageFor({ ...sealed, secretOptions: secret("splunk-url") })).toBe(
    "'at.secretOptions splunk-url' is not supported by Neargate yet.",
  );
});

test("where only awslogs can be, others are refused", () => {
  expect(messageOf(() => validateLogs({ logDriver: "splunk", options: splunk }, "at", { drivers: ["awslogs"] }))).toBe(
    "'logDriver splunk' is not supported by Neargate yet.",
  );
});

const app: ContainerDefinition = { name: "app", logConfiguration: { logDriver: "awsfirelens" } };
const router = (change: Partial<FirelensConfiguration> = {}): ContainerDefinition => ({
  name: "router",
  firelensConfiguration: { type: "fluentbit", ...change },
});

test.each<[what: string, containers: ContainerDefinition[], message: string | undefined]>([
  ["nothing", [{ name: "app" }], undefined],
  ["a router and who uses it", [app, router()], undefined],
  ["with a file", [app, router({ options: { "config-file-type": "file", "config-file-value": "/x" } })], undefined],
  [
    "no router",
    [app],
    "When awsfirelens log driver is specified in log configuration, a firelens configuration object must be configured in one of the containers.",
  ],
  [
    "a router for nobody",
    [{ name: "app" }, router()],
    "When a firelensConfiguration object is specified, at least one container has to be configured with the awsfirelens log driver.",
  ],
  [
    "two",
    [app, router(), router()],
    "At most one container in a task definition can have a firelensConfiguration object.",
  ],
  [
    "a router that uses itself",
    [{ ...router(), logConfiguration: { logDriver: "awsfirelens" } }],
    "A container with a firelensConfiguration object cannot use the awsfirelens log driver.",
  ],
  ["S3", [app, router({ options: { "config-file-type": "s3", "config-file-value": "arn:aws:s3:::b/k" } })], undefined],
  [
    "S3 without an ARN",
    [app, router({ options: { "config-file-type": "s3", "config-file-value": "s3://b/k" } })],
    "Invalid arn syntax.",
  ],
  [
    "no file",
    [app, router({ options: { "config-file-type": "file" } })],
    "option config-file-type is specified but config-file-value is not specified",
  ],
])("FireLens: %s", (_, containers, message) => {
  expect(messageOf(() => validateFirelens(containers))).toBe(message);
});
