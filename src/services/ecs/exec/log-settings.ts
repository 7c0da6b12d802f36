import type { ClusterConfiguration, ExecuteCommandConfiguration } from "@aws-sdk/client-ecs";
import type { Scope } from "../../../base/scope.ts";
import { definitionOf, type ContainerRecord, type TaskRecord } from "../../../tasks/task-record.ts";
import { invalidParameter } from "../errors.ts";
import { refuseUnsupported } from "../supported.ts";

/** Where the transcript of a session goes. */
export interface SessionLogs {
  cloudWatch?: { scope: Scope; group: string; mustBeEncrypted: boolean };
  s3?: { bucket: string; prefix: string; mustBeEncrypted: boolean };
}

/**
 * Checks the configuration of a cluster. A KMS key is for what travels between client and container, which both encrypt:
 * the client by asking AWS's own KMS, wherever the session is.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ExecuteCommandConfiguration.html
 * @throws AwsError InvalidParameterException
 */
export function checkClusterConfiguration(configuration: ClusterConfiguration | undefined): void {
  refuseUnsupported(configuration ?? {}, ["executeCommandConfiguration"], "configuration");
  const execute = configuration?.executeCommandConfiguration ?? {};
  const at = "configuration.executeCommandConfiguration";
  refuseUnsupported(execute, ["logging", "logConfiguration"], at);
  const { logging, logConfiguration } = execute;
  refuseUnsupported(
    logConfiguration ?? {},
    ["cloudWatchLogGroupName", "cloudWatchEncryptionEnabled", "s3BucketName", "s3EncryptionEnabled", "s3KeyPrefix"],
    `${at}.logConfiguration`,
  );
  if (logConfiguration && logging !== "OVERRIDE")
    throw invalidParameter("You must set logging to 'OVERRIDE' when you supply a log configuration.");
  if (logging === "OVERRIDE" && !logConfiguration?.cloudWatchLogGroupName && !logConfiguration?.s3BucketName)
    throw invalidParameter("You must supply a log configuration when you set logging to 'OVERRIDE'.");
}

/** Where the transcript of a session in a container goes, by its cluster's configuration. */
export function sessionLogs(
  configuration: ExecuteCommandConfiguration | undefined,
  task: TaskRecord,
  container: Pick<ContainerRecord, "name">,
): SessionLogs {
  const { logging = "DEFAULT", logConfiguration = {} } = configuration ?? {};
  if (logging === "NONE") return {};
  if (logging === "DEFAULT") return containerLogs(task, container);
  const { cloudWatchLogGroupName: group, s3BucketName: bucket } = logConfiguration;
  return {
    ...(group
      ? {
          cloudWatch: {
            scope: task.scope,
            group,
            mustBeEncrypted: logConfiguration.cloudWatchEncryptionEnabled ?? false,
          },
        }
      : {}),
    ...(bucket
      ? {
          s3: {
            bucket,
            prefix: logConfiguration.s3KeyPrefix ?? "",
            mustBeEncrypted: logConfiguration.s3EncryptionEnabled ?? false,
          },
        }
      : {}),
  };
}

/** The log group that the container's own output goes to. */
function containerLogs(task: TaskRecord, container: Pick<ContainerRecord, "name">): SessionLogs {
  const { logDriver, options = {} } = definitionOf(task, container).logConfiguration ?? {};
  const group = options["awslogs-group"];
  if (logDriver !== "awslogs" || !group) return {};
  const scope = { account: task.scope.account, region: options["awslogs-region"] ?? task.scope.region };
  return { cloudWatch: { scope, group, mustBeEncrypted: false } };
}
