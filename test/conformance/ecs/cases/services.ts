import type { CreateServiceRequest } from "@aws-sdk/client-ecs";
import { expect } from "vitest";
import { arnOf, CLIENT, INVALID, many, NO_CLUSTER, of, tags, type World } from "./operation-case.ts";

const cluster = "test";
const LONG = "s".repeat(255);
const NO_SERVICE = ["ServiceNotFoundException", "Service not found."] as const;

const create =
  (serviceName: string, more: Partial<CreateServiceRequest> = {}) =>
  ({ plain, subnetIds }: World): CreateServiceRequest => ({
    cluster,
    serviceName,
    taskDefinition: plain,
    desiredCount: 0,
    launchType: "FARGATE",
    networkConfiguration: { awsvpcConfiguration: { subnets: subnetIds.slice(0, 1) } },
    ...more,
  });

export const serviceCases = [
  of("CreateService")
    .does("makes one", create("made", { clientToken: "once", tags: [{ key: "team", value: "shop" }] }), (world) => ({
      service: {
        serviceArn: arnOf("service/test/made"),
        serviceName: "made",
        clusterArn: arnOf("cluster/test"),
        status: "ACTIVE",
        taskDefinition: world.plain,
        desiredCount: 0,
        runningCount: 0,
        pendingCount: 0,
        launchType: "FARGATE",
        platformVersion: "LATEST",
        platformFamily: "Linux",
        schedulingStrategy: "REPLICA",
        deploymentController: { type: "ECS" },
        deploymentConfiguration: {
          maximumPercent: 200,
          minimumHealthyPercent: 100,
          strategy: "ROLLING",
          deploymentCircuitBreaker: { enable: false, rollback: false },
        },
        loadBalancers: [],
        serviceRegistries: [],
        placementConstraints: [],
        placementStrategy: [],
        propagateTags: "NONE",
        enableECSManagedTags: false,
        enableExecuteCommand: false,
        healthCheckGracePeriodSeconds: 0,
        createdBy: "arn:aws:iam::000000000000:root",
        deployments: [{ status: "PRIMARY", taskDefinition: world.plain, rolloutState: "IN_PROGRESS", failedTasks: 0 }],
        tags: [{ key: "team", value: "shop" }],
      },
    }))
    .does(
      "makes none twice for a token",
      create("made", { clientToken: "once", tags: [{ key: "team", value: "shop" }] }),
      () => ({ service: { serviceArn: arnOf("service/test/made") } }),
    )
    .reaches("a name of 255", create(LONG), () => ({ service: { serviceName: LONG } }))
    .reaches("a token of 36", create("token", { clientToken: "t".repeat(36) }), () => ({
      service: { serviceName: "token" },
    }))
    .reaches("50 tags", create("tags", { tags: tags(50) }), () => ({ service: { tags: { length: 50 } } }))
    .refuses("a name of 256", create(`${LONG}s`), INVALID, /^ServiceName must match/)
    .refuses("a name with a dot", create("a.b"), INVALID, /^ServiceName must match/)
    .refuses(
      "a token of 37",
      create("x", { clientToken: "t".repeat(37) }),
      INVALID,
      "idempotency token longer than 36.",
    )
    .refuses("51 tags", create("x", { tags: tags(51) }), INVALID, /Member must have length less than or equal to 50$/)
    .refuses("less than none", create("x", { desiredCount: -1 }), INVALID, "DesiredCount can not be lesser than 0")
    .refuses("too many", create("x", { desiredCount: 5001 }), INVALID, "Desired count exceeds limit.")
    .refuses("no count", create("x", { desiredCount: undefined }), INVALID, "DesiredCount is missing")
    .refuses(
      "a token that is another's",
      create("made", { clientToken: "twice" }),
      INVALID,
      "Creation of service was not idempotent.",
    )
    .refuses(
      "both a launch type and a strategy",
      create("x", { capacityProviderStrategy: [{ capacityProvider: "FARGATE" }] }),
      INVALID,
      "Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.",
    )
    .refuses(
      "daemons",
      create("x", { schedulingStrategy: "DAEMON", desiredCount: undefined }),
      INVALID,
      "The daemon scheduling strategy does not support the FARGATE launch type. Change the launch type and try again",
    )
    .refuses(
      "percentages that block",
      create("x", { deploymentConfiguration: { maximumPercent: 100, minimumHealthyPercent: 100 } }),
      INVALID,
      "Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments.",
    )
    .refuses(
      "a strategy that is none",
      create("x", { schedulingStrategy: "SOMETIMES" as "REPLICA" }),
      INVALID,
      "Scheduling strategy should be one of [REPLICA,DAEMON]",
    )
    .refuses("a cluster that is not there", create("x", { cluster: "none" }), ...NO_CLUSTER)
    .refuses(
      "a definition that is not there",
      create("x", { taskDefinition: "none" }),
      CLIENT,
      "TaskDefinition not found.",
    )
    .refuses(
      "a platform that is not there",
      create("x", { platformVersion: "0.1" }),
      "PlatformUnknownException",
      "The specified platform does not exist.",
    ),
  of("DescribeServices")
    .does(
      "by name and by ARN, once each",
      ({ web }) => ({ cluster, services: ["made", web, "made"], include: ["TAGS"] }),
      ({ web }) => ({
        services: [
          { serviceName: "made", tags: [{ key: "team", value: "shop" }] },
          { serviceArn: web, runningCount: 1 },
        ],
        failures: [],
      }),
    )
    .does(
      "what is missing",
      () => ({ cluster, services: ["none"] }),
      () => ({ services: [], failures: [{ arn: arnOf("service/test/none"), reason: "MISSING" }] }),
    )
    .reaches(
      "10",
      () => ({ cluster, services: many(10, String) }),
      () => ({ failures: { length: 10 } }),
    )
    .refuses(
      "11",
      () => ({ cluster, services: many(11, String) }),
      INVALID,
      "Services cannot have more than 10 elements",
    )
    .refuses("none", () => ({ cluster, services: [] }), INVALID, "Services cannot be empty."),
  of("ListServices")
    .does(
      "names the active ones",
      () => ({ cluster, maxResults: 100 }),
      ({ web }) => ({ serviceArns: expect.arrayContaining([web, arnOf("service/test/made")]) }),
    )
    .does(
      "of other launch types: none",
      () => ({ cluster, launchType: "EXTERNAL" }),
      () => ({ serviceArns: [] }),
    )
    .does(
      "of daemons: none",
      () => ({ cluster, schedulingStrategy: "DAEMON" }),
      () => ({ serviceArns: [] }),
    )
    .reaches(
      "one a page",
      () => ({ cluster, maxResults: 1 }),
      () => ({
        serviceArns: { length: 1 },
        nextToken: expect.any(String),
      }),
    )
    .refuses("101 a page", () => ({ cluster, maxResults: 101 }), INVALID, "Max results can not be greater than 100")
    .refuses("none a page", () => ({ cluster, maxResults: 0 }), INVALID, "Max results can not be lesser than 1"),
  of("UpdateService")
    .does(
      "changes what it is told",
      () => ({ cluster, service: "made", healthCheckGracePeriodSeconds: 1, enableECSManagedTags: true }),
      () => ({ service: { healthCheckGracePeriodSeconds: 1, enableECSManagedTags: true, deployments: { length: 1 } } }),
    )
    .reaches(
      "nothing to change",
      () => ({ cluster, service: "made" }),
      () => ({
        service: { healthCheckGracePeriodSeconds: 1, deployments: { length: 1 } },
      }),
    )
    .reaches(
      "none to run",
      () => ({ cluster, service: arnOf("service/test/made"), desiredCount: 0 }),
      () => ({
        service: { desiredCount: 0 },
      }),
    )
    .refuses(
      "less than none",
      () => ({ cluster, service: "made", desiredCount: -1 }),
      INVALID,
      "Task count can not be lesser than 0",
    )
    .refuses(
      "too many",
      () => ({ cluster, service: "made", desiredCount: 5001 }),
      INVALID,
      "Desired count exceeds limit.",
    )
    .refuses("none that is there", () => ({ cluster, service: "none" }), ...NO_SERVICE)
    .refuses("a cluster that is not there", () => ({ cluster: "none", service: "made" }), ...NO_CLUSTER),
  of("DeleteService")
    .does(
      "lets it drain",
      () => ({ cluster, service: "tags" }),
      () => ({ service: { serviceName: "tags", status: "DRAINING", desiredCount: 0 } }),
    )
    .reaches(
      "one that was deleted",
      () => ({ cluster, service: "tags" }),
      () => ({ service: { status: expect.stringMatching(/^(DRAINING|INACTIVE)$/) } }),
    )
    .refuses(
      "one that is to have tasks",
      () => ({ cluster, service: "web" }),
      INVALID,
      "The service cannot be stopped while it is scaled above 0.",
    )
    .refuses("none that is there", () => ({ cluster, service: "none" }), "ServiceNotFoundException", "UnknownError"),
];
