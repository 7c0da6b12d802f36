import type { Operation } from "./operation-case.ts";

/** Operations whose cases are in other tests, by the file in test/. */
const FILES: Record<string, Operation[]> = {
  "conformance/ecs-account-settings.test.ts": [
    "DeleteAccountSetting",
    "ListAccountSettings",
    "PutAccountSetting",
    "PutAccountSettingDefault",
  ],
  "conformance/ecs-capacity-providers.test.ts": [
    "CreateCapacityProvider",
    "DeleteCapacityProvider",
    "DescribeCapacityProviders",
    "UpdateCapacityProvider",
  ],
  "conformance/ecs-deployments.test.ts": [
    "DescribeServiceDeployments",
    "DescribeServiceRevisions",
    "ListServiceDeployments",
    "StopServiceDeployment",
  ],
  "conformance/ecs-staged-deployments.test.ts": ["ContinueServiceDeployment"],
  "conformance/ecs-elsewhere.test.ts": [
    "CreateDaemon",
    "CreateExpressGatewayService",
    "DeleteAttributes",
    "DeleteDaemon",
    "DeleteDaemonTaskDefinition",
    "DeleteExpressGatewayService",
    "DeleteTaskDefinitions",
    "DeregisterContainerInstance",
    "DescribeContainerInstances",
    "DescribeDaemon",
    "DescribeDaemonDeployments",
    "DescribeDaemonRevisions",
    "DescribeDaemonTaskDefinition",
    "DescribeExpressGatewayService",
    "DiscoverPollEndpoint",
    "ListAttributes",
    "ListContainerInstances",
    "ListDaemonDeployments",
    "ListDaemonTaskDefinitions",
    "ListDaemons",
    "ListServicesByNamespace",
    "PutAttributes",
    "RegisterContainerInstance",
    "RegisterDaemonTaskDefinition",
    "StartTask",
    "SubmitAttachmentStateChanges",
    "SubmitContainerStateChange",
    "SubmitTaskStateChange",
    "UpdateContainerAgent",
    "UpdateContainerInstancesState",
    "UpdateDaemon",
    "UpdateExpressGatewayService",
  ],
  "conformance/ecs-task-sets.test.ts": [
    "CreateTaskSet",
    "DeleteTaskSet",
    "DescribeTaskSets",
    "UpdateServicePrimaryTaskSet",
    "UpdateTaskSet",
  ],
  "system/exec.test.ts": ["ExecuteCommand"],
};

export const casesElsewhere = new Map<string, string>(
  Object.entries(FILES).flatMap(([file, operations]) =>
    operations.map((operation): [string, string] => [operation, file]),
  ),
);
