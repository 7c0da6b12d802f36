import type { BucketSize } from "../../base/token-buckets.ts";
import type { RequestBucket, RequestBuckets } from "../../wire/throttle.ts";

type EcsOperation = keyof {
  [Key in keyof typeof import("@aws-sdk/client-ecs") as Key extends `${infer Name}Command` ? Name : never]: unknown;
};

interface Category extends BucketSize {
  operations: readonly EcsOperation[];
}

/**
 * The categories of https://docs.aws.amazon.com/AmazonECS/latest/developerguide/request-throttling.html. Operations that
 * AWS lists in none are in the category of their like, under a line of their own.
 */
const CATEGORIES: Readonly<Record<string, Category>> = {
  "Cluster modify": {
    burst: 20,
    perSecond: 1,
    operations: [
      "CreateCluster",
      "DeleteCluster",
      "PutClusterCapacityProviders",
      "UpdateCluster",
      "UpdateClusterSettings",
      // not published
      "AssociateGatewayWithCluster",
      "CreateGateway",
      "DeleteGateway",
      "DisassociateGatewayFromCluster",
      "UpdateGateway",
    ],
  },
  "Cluster read": {
    burst: 50,
    perSecond: 20,
    operations: [
      "DescribeClusters",
      "ListClusters",
      // not published
      "DescribeGateway",
      "DescribeGatewayResources",
      "DescribeGatewayRoute",
      "ListGatewayClusterAssociations",
      "ListGatewayRoutes",
      "ListGateways",
    ],
  },
  "Task definition modify": {
    burst: 20,
    perSecond: 1,
    operations: [
      "DeregisterTaskDefinition",
      "RegisterTaskDefinition",
      // not published
      "RegisterDaemonTaskDefinition",
    ],
  },
  "Task definition read": {
    burst: 50,
    perSecond: 20,
    operations: [
      "DescribeTaskDefinition",
      "ListTaskDefinitionFamilies",
      "ListTaskDefinitions",
      // not published
      "DescribeDaemonTaskDefinition",
      "ListDaemonTaskDefinitions",
    ],
  },
  "Task definition deletion": {
    burst: 5,
    perSecond: 1,
    operations: [
      "DeleteTaskDefinitions",
      // not published
      "DeleteDaemonTaskDefinition",
    ],
  },
  "Capacity provider modify": {
    burst: 10,
    perSecond: 1,
    operations: ["CreateCapacityProvider", "DeleteCapacityProvider", "UpdateCapacityProvider"],
  },
  "Capacity provider read": { burst: 50, perSecond: 20, operations: ["DescribeCapacityProviders"] },
  "Tag modify": { burst: 20, perSecond: 10, operations: ["TagResource", "UntagResource"] },
  "Tag read": { burst: 50, perSecond: 20, operations: ["ListTagsForResource"] },
  "Setting modify": {
    burst: 10,
    perSecond: 1,
    operations: ["DeleteAccountSetting", "PutAccountSetting", "PutAccountSettingDefault"],
  },
  "Setting read": { burst: 50, perSecond: 20, operations: ["ListAccountSettings"] },
  "Cluster resource modify": {
    burst: 100,
    perSecond: 40,
    operations: [
      "DeleteAttributes",
      "DeregisterContainerInstance",
      "ExecuteCommand",
      "PutAttributes",
      "RunTask",
      "StartTask",
      "StopTask",
      "UpdateContainerAgent",
      "UpdateContainerInstancesState",
    ],
  },
  "Cluster resource read": {
    burst: 100,
    perSecond: 20,
    operations: [
      "DescribeContainerInstances",
      "DescribeTasks",
      "ListAttributes",
      "ListContainerInstances",
      "ListTasks",
    ],
  },
  "Agent modify": {
    burst: 200,
    perSecond: 120,
    operations: [
      "RegisterContainerInstance",
      "SubmitAttachmentStateChanges",
      "SubmitContainerStateChange",
      "SubmitTaskStateChange",
      // not published
      "DiscoverPollEndpoint",
    ],
  },
  "Service modify": {
    burst: 50,
    perSecond: 5,
    operations: [
      "CreateService",
      "DeleteService",
      "UpdateService",
      // not published
      "ContinueServiceDeployment",
      "CreateDaemon",
      "CreateExpressGatewayService",
      "CreateTaskSet",
      "DeleteDaemon",
      "DeleteExpressGatewayService",
      "DeleteTaskSet",
      "StopServiceDeployment",
      "UpdateDaemon",
      "UpdateExpressGatewayService",
      "UpdateServicePrimaryTaskSet",
      "UpdateTaskSet",
    ],
  },
  "Service read": {
    burst: 100,
    perSecond: 20,
    operations: [
      "DescribeServices",
      "ListServices",
      // not published
      "DescribeDaemon",
      "DescribeExpressGatewayService",
      "DescribeTaskSets",
      "ListDaemons",
    ],
  },
  "Service deployment": {
    burst: 50,
    perSecond: 20,
    operations: [
      "DescribeServiceDeployments",
      "ListServiceDeployments",
      // not published
      "DescribeDaemonDeployments",
      "ListDaemonDeployments",
    ],
  },
  "Service revision": {
    burst: 50,
    perSecond: 20,
    operations: [
      "DescribeServiceRevisions",
      // not published
      "DescribeDaemonRevisions",
    ],
  },
  "Task protection": { burst: 200, perSecond: 80, operations: ["GetTaskProtection", "UpdateTaskProtection"] },
  "Cluster service resource read": { burst: 10, perSecond: 1, operations: ["ListServicesByNamespace"] },
};

/** What Fargate allows beside, https://docs.aws.amazon.com/AmazonECS/latest/developerguide/throttling.html#fargate-throttling-runtask */
const FARGATE_RUN_TASK: RequestBucket = { name: "Fargate RunTask", burst: 20, perSecond: 20 };

const BUCKETS: ReadonlyMap<string, readonly RequestBucket[]> = new Map(
  Object.entries(CATEGORIES).flatMap(([name, { burst, perSecond, operations }]) =>
    operations.map((operation): [string, readonly RequestBucket[]] => [
      operation,
      [{ name, burst, perSecond }, ...(operation === "RunTask" ? [FARGATE_RUN_TASK] : [])],
    ]),
  ),
);

/** The buckets of Amazon ECS: of the operation's category, and for RunTask that of Fargate. */
export const ecsRequestBuckets: RequestBuckets = (operation) => BUCKETS.get(operation) ?? [];
