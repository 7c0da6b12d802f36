import { expect } from "vitest";
import { arnOf, INVALID, many, NO_CLUSTER, of, tags } from "./operation-case.ts";

const LONG = "c".repeat(255);
const NAME_RULE = "ClusterName must match ^[a-zA-Z0-9\\\\-_]{1,255}$";

export const clusterCases = [
  of("CreateCluster")
    .does(
      "makes one",
      () => ({
        clusterName: "made",
        tags: [{ key: "team", value: "shop" }],
        settings: [{ name: "containerInsights", value: "disabled" }],
        configuration: { executeCommandConfiguration: { logging: "NONE" } },
        capacityProviders: ["FARGATE"],
        defaultCapacityProviderStrategy: [{ capacityProvider: "FARGATE", weight: 1, base: 1 }],
      }),
      () => ({
        cluster: {
          clusterArn: arnOf("cluster/made"),
          clusterName: "made",
          status: "ACTIVE",
          registeredContainerInstancesCount: 0,
          runningTasksCount: 0,
          pendingTasksCount: 0,
          activeServicesCount: 0,
          statistics: [],
          tags: [{ key: "team", value: "shop" }],
          settings: [{ name: "containerInsights", value: "disabled" }],
          configuration: { executeCommandConfiguration: { logging: "NONE" } },
          capacityProviders: ["FARGATE"],
          defaultCapacityProviderStrategy: [{ capacityProvider: "FARGATE", weight: 1, base: 1 }],
        },
      }),
    )
    .does(
      "makes none twice",
      () => ({ clusterName: "made" }),
      () => ({ cluster: { clusterArn: arnOf("cluster/made") } }),
    )
    .does(
      "is called default unless told",
      () => ({}),
      () => ({ cluster: { clusterName: "default" } }),
    )
    .reaches(
      "a name of 255",
      () => ({ clusterName: LONG }),
      () => ({ cluster: { clusterName: LONG } }),
    )
    .reaches(
      "50 tags of the longest keys and values",
      () => ({
        clusterName: "tagged",
        tags: tags(50).map(({ key }) => ({ key: key.padEnd(128, "k"), value: "v".repeat(256) })),
      }),
      () => ({ cluster: { tags: { length: 50 } } }),
    )
    .refuses("a name of 256", () => ({ clusterName: `${LONG}c` }), INVALID, NAME_RULE)
    .refuses("a name with a dot", () => ({ clusterName: "a.b" }), INVALID, NAME_RULE)
    .refuses(
      "51 tags",
      () => ({ clusterName: "x", tags: tags(51) }),
      INVALID,
      /Member must have length less than or equal to 50$/,
    )
    .refuses(
      "a key of 129",
      () => ({ clusterName: "x", tags: [{ key: "k".repeat(129), value: "" }] }),
      INVALID,
      /Member must have length less than or equal to 128$/,
    )
    .refuses(
      "a value of 257",
      () => ({ clusterName: "x", tags: [{ key: "k", value: "v".repeat(257) }] }),
      INVALID,
      /Member must have length less than or equal to 256$/,
    )
    .refuses(
      "AWS's own keys",
      () => ({ clusterName: "x", tags: [{ key: "aws:k", value: "" }] }),
      INVALID,
      "aws: prefixed tag key names are not allowed for external use.",
    )
    .refuses(
      "other tags for the same name",
      () => ({ clusterName: "made", tags: [{ key: "team", value: "other" }] }),
      INVALID,
      "Arguments on this idempotent request are inconsistent with arguments used in previous request(s).",
    ),
  of("DescribeClusters")
    .does(
      "shows all that is asked for",
      () => ({
        clusters: ["test", arnOf("cluster/none")],
        include: ["ATTACHMENTS", "CONFIGURATIONS", "SETTINGS", "STATISTICS", "TAGS"],
      }),
      () => ({
        clusters: [
          {
            clusterName: "test",
            settings: [{ name: "containerInsights", value: "disabled" }],
            statistics: expect.arrayContaining([{ name: "runningFargateTasksCount", value: expect.any(String) }]),
          },
        ],
        failures: [{ arn: arnOf("cluster/none"), reason: "MISSING" }],
      }),
    )
    .does(
      "shows the default cluster unless told",
      () => ({}),
      () => ({ clusters: [{ clusterName: "default" }] }),
    )
    .does(
      "says no settings unless told",
      () => ({ clusters: ["test"] }),
      () => ({ clusters: [{ settings: [], tags: [] }] }),
    )
    .reaches(
      "100",
      () => ({ clusters: many(100, (n) => `none-${n}`) }),
      () => ({ failures: { length: 100 } }),
    )
    .refuses(
      "101",
      () => ({ clusters: many(101, (n) => `none-${n}`) }),
      INVALID,
      "Clusters cannot have more than 100 elements",
    ),
  of("ListClusters")
    .does(
      "names the active ones",
      () => ({}),
      () => ({ clusterArns: expect.arrayContaining([arnOf("cluster/test"), arnOf("cluster/made")]) }),
    )
    .reaches(
      "one a page",
      () => ({ maxResults: 1 }),
      () => ({ clusterArns: { length: 1 }, nextToken: expect.any(String) }),
    )
    .reaches(
      "100 a page",
      () => ({ maxResults: 100 }),
      () => ({ clusterArns: expect.any(Array) }),
    )
    .refuses("101 a page", () => ({ maxResults: 101 }), INVALID, "Max results can not be greater than 100")
    .refuses("none a page", () => ({ maxResults: 0 }), INVALID, "Max results can not be lesser than 1")
    .refuses("a token of nobody's", () => ({ nextToken: "x" }), INVALID, "Invalid token."),
  of("UpdateCluster")
    .does(
      "changes what it is told",
      () => ({
        cluster: "made",
        configuration: { executeCommandConfiguration: { logging: "DEFAULT" } },
        settings: [{ name: "containerInsights", value: "disabled" }],
      }),
      () => ({
        cluster: {
          configuration: { executeCommandConfiguration: { logging: "DEFAULT" } },
          settings: [{ name: "containerInsights", value: "disabled" }],
        },
      }),
    )
    .reaches(
      "nothing to change",
      () => ({ cluster: arnOf("cluster/made") }),
      () => ({ cluster: { configuration: { executeCommandConfiguration: { logging: "DEFAULT" } } } }),
    )
    .refuses("one that is not there", () => ({ cluster: "none" }), ...NO_CLUSTER),
  of("UpdateClusterSettings")
    .does(
      "keeps what it is",
      () => ({ cluster: "made", settings: [{ name: "containerInsights", value: "disabled" }] }),
      () => ({ cluster: { clusterName: "made", settings: [{ name: "containerInsights", value: "disabled" }] } }),
    )
    .reaches(
      "no setting",
      () => ({ cluster: "made", settings: [] }),
      () => ({ cluster: { clusterName: "made" } }),
    )
    .refuses(
      "one that is not there",
      () => ({ cluster: "none", settings: [{ name: "containerInsights", value: "disabled" }] }),
      ...NO_CLUSTER,
    )
    .refuses(
      "a value that is none",
      () => ({ cluster: "made", settings: [{ name: "containerInsights", value: "much" }] }),
      INVALID,
      /./,
    ),
  of("PutClusterCapacityProviders")
    .does(
      "sets providers and the strategy",
      () => ({
        cluster: "made",
        capacityProviders: ["FARGATE", "FARGATE_SPOT"],
        defaultCapacityProviderStrategy: [{ capacityProvider: "FARGATE_SPOT", weight: 1000, base: 100_000 }],
      }),
      () => ({
        cluster: {
          capacityProviders: ["FARGATE", "FARGATE_SPOT"],
          defaultCapacityProviderStrategy: [{ capacityProvider: "FARGATE_SPOT", weight: 1000, base: 100_000 }],
        },
      }),
    )
    .reaches(
      "none",
      () => ({ cluster: "made", capacityProviders: [], defaultCapacityProviderStrategy: [] }),
      () => ({ cluster: { capacityProviders: [], defaultCapacityProviderStrategy: [] } }),
    )
    .refuses(
      "one that is not there",
      () => ({ cluster: "none", capacityProviders: [], defaultCapacityProviderStrategy: [] }),
      ...NO_CLUSTER,
    )
    .refuses(
      "a provider that is not there",
      () => ({ cluster: "made", capacityProviders: ["mine"], defaultCapacityProviderStrategy: [] }),
      INVALID,
      /capacity provider/,
    ),
  of("DeleteCluster")
    .does(
      "ends it",
      () => ({ cluster: "tagged" }),
      () => ({ cluster: { clusterName: "tagged", status: "INACTIVE" } }),
    )
    .reaches(
      "one that has ended",
      () => ({ cluster: arnOf("cluster/tagged") }),
      () => ({ cluster: { clusterName: "tagged", status: "INACTIVE" } }),
    )
    .refuses("one that is not there", () => ({ cluster: "none" }), ...NO_CLUSTER)
    .refuses(
      "one with services",
      () => ({ cluster: "test" }),
      "ClusterContainsServicesException",
      "The Cluster cannot be deleted while Services are active.",
    ),
];
