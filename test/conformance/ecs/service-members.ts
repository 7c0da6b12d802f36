import type { CreateServiceRequest, Service, UpdateServiceRequest } from "@aws-sdk/client-ecs";
import { expect } from "vitest";

/** What the examples name that a test makes. */
export interface MadeForServices {
  /** Has a port `web` of 80, and a task role. */
  plain: string;
  /** Has a volume `disk` that is configured at launch. */
  withVolume: string;
  subnetId: string;
  groupId: string;
  /** Of no other service of Service Connect. */
  discoveryName: string;
  /** Of a Cloud Map service for A records. */
  addresses: string;
  /** Of a Cloud Map service for SRV records. */
  ports: string;
}

type Members = Omit<CreateServiceRequest, "serviceName" | "cluster">;

/** Members of CreateService, and of UpdateService too unless told. */
export interface ServiceExample {
  /** Beside {@link smallestService}. */
  members: (made: MadeForServices) => Partial<Members>;
  /** How DescribeServices shows what was sent. */
  shown?: (made: MadeForServices) => Partial<Service>;
  /** How it is refused when it is not to be shown: by its name, or by AWS's words for it. */
  refused?: { name: string; message: RegExp };
  /** What UpdateService has of them; `false` for nothing. */
  update?: false | ((made: MadeForServices) => Omit<UpdateServiceRequest, "service" | "cluster">);
}

const INVALID = "InvalidParameterException";
const ROLE = "arn:aws:iam::000000000000:role/";
const TARGET_GROUP = "arn:aws:elasticloadbalancing:us-east-1:000000000000:targetgroup/web/0123456789abcdef";
const RULE =
  "arn:aws:elasticloadbalancing:us-east-1:000000000000:listener-rule/app/web/0123456789abcdef/0123456789abcdef/0123456789abcdef";

/** Refused by the member's own name, until it is built. */
const unbuilt = (member: string) => ({
  name: INVALID,
  message: new RegExp(`^'[^']*${member}[^']*' is not supported by Neargate yet\\.$`),
});

/** A service with no tasks. */
export const smallestService = ({ plain, subnetId }: MadeForServices): Members => ({
  taskDefinition: plain,
  desiredCount: 0,
  launchType: "FARGATE",
  networkConfiguration: { awsvpcConfiguration: { subnets: [subnetId] } },
});

/** The deployment that the newest request made. */
const deployed = (deployment: object) => ({
  deployments: expect.arrayContaining([expect.objectContaining(deployment)]),
});

const volume = (more: object) => (made: MadeForServices) => ({
  taskDefinition: made.withVolume,
  volumeConfigurations: [
    { name: "disk", managedEBSVolume: { roleArn: `${ROLE}members-infrastructure`, sizeInGiB: 1, ...more } },
  ],
});

const deployment = (deploymentConfiguration: CreateServiceRequest["deploymentConfiguration"]) => () => ({
  deploymentConfiguration,
});

const connect =
  (more: object, service: object = {}) =>
  () => ({
    serviceConnectConfiguration: {
      enabled: true,
      namespace: "members",
      services: [{ portName: "web", ...service }],
      ...more,
    },
  });

const CONNECT_LOGS = {
  logConfiguration: {
    logDriver: "awslogs",
    options: { "awslogs-group": "/test", "awslogs-region": "us-east-1", "awslogs-stream-prefix": "p" },
  },
  accessLogConfiguration: { format: "JSON", includeQueryParameters: "ENABLED" },
};

const connectedPort = (discoveryName: string) => ({
  portName: "web",
  discoveryName,
  clientAliases: [{ port: 80, dnsName: `${discoveryName}.internal` }],
  ingressPortOverride: 15_000,
  timeout: { idleTimeoutSeconds: 60, perRequestTimeoutSeconds: 5 },
});

const testedPort = (discoveryName: string) => ({
  portName: "web",
  discoveryName: `${discoveryName}-tested`,
  clientAliases: [{ port: 80, testTrafficRules: { header: { name: "x-test", value: { exact: "1" } } } }],
});

export const serviceExamples: Record<string, ServiceExample> = {
  "what a service is": {
    members: (made) => ({
      clientToken: "once",
      platformVersion: "1.4.0",
      schedulingStrategy: "REPLICA",
      deploymentController: { type: "ECS" },
      healthCheckGracePeriodSeconds: 7,
      enableECSManagedTags: true,
      enableExecuteCommand: true,
      propagateTags: "SERVICE",
      tags: [{ key: "team", value: "shop" }],
      networkConfiguration: {
        awsvpcConfiguration: { subnets: [made.subnetId], securityGroups: [made.groupId], assignPublicIp: "ENABLED" },
      },
    }),
    shown: ({ plain, subnetId, groupId }) => ({
      taskDefinition: plain,
      desiredCount: 0,
      launchType: "FARGATE",
      platformVersion: "1.4.0",
      schedulingStrategy: "REPLICA",
      deploymentController: { type: "ECS" },
      healthCheckGracePeriodSeconds: 7,
      enableECSManagedTags: true,
      enableExecuteCommand: true,
      propagateTags: "SERVICE",
      networkConfiguration: {
        awsvpcConfiguration: { subnets: [subnetId], securityGroups: [groupId], assignPublicIp: "ENABLED" },
      },
    }),
    update: (made) => ({
      taskDefinition: made.plain,
      desiredCount: 0,
      forceNewDeployment: true,
      platformVersion: "1.4.0",
      deploymentController: { type: "ECS" },
      healthCheckGracePeriodSeconds: 7,
      enableECSManagedTags: true,
      enableExecuteCommand: true,
      propagateTags: "SERVICE",
      networkConfiguration: {
        awsvpcConfiguration: { subnets: [made.subnetId], securityGroups: [made.groupId], assignPublicIp: "ENABLED" },
      },
    }),
  },
  "a strategy": {
    members: () => ({
      launchType: undefined,
      capacityProviderStrategy: [
        { capacityProvider: "FARGATE", weight: 1, base: 2 },
        { capacityProvider: "FARGATE_SPOT", weight: 3, base: 0 },
      ],
    }),
    shown: () => ({
      capacityProviderStrategy: [
        { capacityProvider: "FARGATE", weight: 1, base: 2 },
        { capacityProvider: "FARGATE_SPOT", weight: 3, base: 0 },
      ],
    }),
  },
  percentages: {
    members: deployment({
      maximumPercent: 150,
      minimumHealthyPercent: 50,
      strategy: "ROLLING",
      deploymentCircuitBreaker: {
        enable: true,
        rollback: true,
        resetOnHealthyTask: true,
        thresholdConfiguration: { type: "BOUNDED_PERCENT", value: 50 },
      },
    }),
    shown: () => ({
      deploymentConfiguration: expect.objectContaining({
        maximumPercent: 150,
        minimumHealthyPercent: 50,
        strategy: "ROLLING",
        deploymentCircuitBreaker: {
          enable: true,
          rollback: true,
          resetOnHealthyTask: true,
          thresholdConfiguration: { type: "BOUNDED_PERCENT", value: 50 },
        },
      }) as Service["deploymentConfiguration"],
    }),
  },
  "another breaker": {
    members: deployment({
      deploymentCircuitBreaker: {
        enable: true,
        rollback: false,
        resetOnHealthyTask: false,
        thresholdConfiguration: { type: "COUNT", value: 5 },
      },
    }),
    shown: () => ({
      deploymentConfiguration: expect.objectContaining({
        deploymentCircuitBreaker: {
          enable: true,
          rollback: false,
          resetOnHealthyTask: false,
          thresholdConfiguration: { type: "COUNT", value: 5 },
        },
      }) as Service["deploymentConfiguration"],
    }),
  },
  alarms: {
    members: deployment({ alarms: { alarmNames: ["errors"], enable: true, rollback: true } }),
    shown: () => ({
      deploymentConfiguration: expect.objectContaining({
        alarms: { alarmNames: ["errors"], enable: true, rollback: true },
      }) as Service["deploymentConfiguration"],
    }),
  },
  "early success": {
    members: deployment({
      minimumHealthyPercent: 50,
      earlySuccessCriteria: { enable: true, healthyPercent: 80, sourceServiceRevisionCleanup: "DEFERRED" },
    }),
    shown: () => ({
      deploymentConfiguration: expect.objectContaining({
        earlySuccessCriteria: { enable: true, healthyPercent: 80, sourceServiceRevisionCleanup: "DEFERRED" },
      }) as Service["deploymentConfiguration"],
    }),
  },
  "blue and green": {
    members: deployment({
      strategy: "BLUE_GREEN",
      bakeTimeInMinutes: 1,
      lifecycleHooks: [
        {
          targetType: "PAUSE",
          lifecycleStages: ["POST_SCALE_UP"],
          timeoutConfiguration: { timeoutInMinutes: 5, action: "ROLLBACK" },
        },
      ],
    }),
    shown: () => ({
      deploymentConfiguration: expect.objectContaining({
        strategy: "BLUE_GREEN",
        bakeTimeInMinutes: 1,
        lifecycleHooks: [
          {
            targetType: "PAUSE",
            lifecycleStages: ["POST_SCALE_UP"],
            timeoutConfiguration: { timeoutInMinutes: 5, action: "ROLLBACK" },
          },
        ],
      }) as Service["deploymentConfiguration"],
    }),
  },
  "a hook that is a function": {
    members: deployment({
      strategy: "BLUE_GREEN",
      lifecycleHooks: [
        {
          targetType: "AWS_LAMBDA",
          hookTargetArn: "arn:aws:lambda:us-east-1:000000000000:function:hook",
          roleArn: `${ROLE}members-infrastructure`,
          lifecycleStages: ["POST_SCALE_UP"],
          hookDetails: { of: "members" },
        },
      ],
    }),
    refused: unbuilt("lifecycleHooks.targetType AWS_LAMBDA"),
  },
  linear: {
    members: ({ discoveryName }) => ({
      ...deployment({ strategy: "LINEAR", linearConfiguration: { stepPercent: 50, stepBakeTimeInMinutes: 1 } })(),
      ...connect({}, connectedPort(`${discoveryName}-linear`))(),
    }),
    shown: () => ({
      deploymentConfiguration: expect.objectContaining({
        strategy: "LINEAR",
        linearConfiguration: { stepPercent: 50, stepBakeTimeInMinutes: 1 },
      }) as Service["deploymentConfiguration"],
    }),
  },
  canary: {
    members: ({ discoveryName }) => ({
      ...deployment({ strategy: "CANARY", canaryConfiguration: { canaryPercent: 10, canaryBakeTimeInMinutes: 1 } })(),
      ...connect({}, connectedPort(`${discoveryName}-canary`))(),
    }),
    shown: () => ({
      deploymentConfiguration: expect.objectContaining({
        strategy: "CANARY",
        canaryConfiguration: { canaryPercent: 10, canaryBakeTimeInMinutes: 1 },
      }) as Service["deploymentConfiguration"],
    }),
  },
  rebalancing: {
    members: () => ({ availabilityZoneRebalancing: "ENABLED" }),
    shown: () => ({ availabilityZoneRebalancing: "ENABLED" }),
  },
  "placement constraints": {
    members: () => ({
      placementConstraints: [{ type: "memberOf", expression: "attribute:x == y" }],
    }),
    refused: { name: INVALID, message: /^(Placement constraints are not|'placementConstraints' is not) supported/ },
  },
  "placement strategies": {
    members: () => ({ placementStrategy: [{ type: "spread", field: "host" }] }),
    refused: { name: INVALID, message: /^(Placement strategies are not|'placementStrategy' is not) supported/ },
  },
  "a load balancer": {
    members: () => ({
      loadBalancers: [
        {
          targetGroupArn: TARGET_GROUP,
          loadBalancerName: "web",
          containerName: "app",
          containerPort: 80,
          advancedConfiguration: {
            alternateTargetGroupArn: TARGET_GROUP,
            productionListenerRule: RULE,
            testListenerRule: RULE,
            roleArn: `${ROLE}members-infrastructure`,
          },
        },
      ],
    }),
    refused: unbuilt("loadBalancers"),
  },
  "a role for a load balancer": {
    members: () => ({ role: "ecsServiceRole" }),
    refused: {
      name: INVALID,
      message: /^You cannot specify an IAM role for services that require a service linked role\.$/,
    },
    update: false,
  },
  "a registry": {
    members: (made) => ({ serviceRegistries: [{ registryArn: made.addresses }] }),
    shown: ({ addresses }) => ({ serviceRegistries: [{ registryArn: addresses }] }),
  },
  "a registry of a port": {
    members: (made) => ({ serviceRegistries: [{ registryArn: made.ports, port: 80 }] }),
    shown: ({ ports }) => ({ serviceRegistries: [{ registryArn: ports, port: 80 }] }),
  },
  "a registry of a container": {
    members: (made) => ({
      serviceRegistries: [{ registryArn: made.ports, containerName: "app", containerPort: 80 }],
    }),
    shown: ({ ports }) => ({ serviceRegistries: [{ registryArn: ports, containerName: "app", containerPort: 80 }] }),
  },
  "Service Connect": {
    members: ({ discoveryName }) => connect(CONNECT_LOGS, connectedPort(discoveryName))(),
    shown: ({ discoveryName }) =>
      deployed({
        serviceConnectConfiguration: expect.objectContaining({
          enabled: true,
          services: [expect.objectContaining(connectedPort(discoveryName))],
          ...CONNECT_LOGS,
        }),
      }),
  },
  "Service Connect's secret log options": {
    members: connect({
      logConfiguration: { ...CONNECT_LOGS.logConfiguration, secretOptions: [{ name: "x", valueFrom: "x" }] },
    }),
    refused: unbuilt("secretOptions"),
  },
  "Service Connect's log level": {
    members: connect({ containerConfigurations: [{ logLevel: "debug" }] }),
    refused: { name: INVALID, message: /logLevel|containerConfigurations/ },
  },
  "Service Connect's test traffic": {
    members: ({ discoveryName }) => connect({}, testedPort(discoveryName))(),
    shown: ({ discoveryName }) =>
      deployed({
        serviceConnectConfiguration: expect.objectContaining({
          services: [expect.objectContaining(testedPort(discoveryName))],
        }),
      }),
  },
  "Service Connect's TLS": {
    members: connect(
      {},
      {
        tls: {
          issuerCertificateAuthority: {
            awsPcaAuthorityArn: "arn:aws:acm-pca:us-east-1:000000000000:certificate-authority/x",
          },
          kmsKey: "alias/x",
          roleArn: `${ROLE}members-infrastructure`,
        },
      },
    ),
    refused: unbuilt("tls"),
  },
  "a volume": {
    members: volume({
      volumeType: "gp3",
      sizeInGiB: 2,
      iops: 3000,
      throughput: 200,
      encrypted: true,
      kmsKeyId: "alias/aws/ebs",
      tagSpecifications: [{ resourceType: "volume", tags: [{ key: "team", value: "shop" }], propagateTags: "SERVICE" }],
      filesystemType: "ext4",
    }),
    shown: () =>
      deployed({
        volumeConfigurations: [
          {
            name: "disk",
            managedEBSVolume: {
              roleArn: `${ROLE}members-infrastructure`,
              volumeType: "gp3",
              sizeInGiB: 2,
              iops: 3000,
              throughput: 200,
              encrypted: true,
              kmsKeyId: "alias/aws/ebs",
              tagSpecifications: [
                { resourceType: "volume", tags: [{ key: "team", value: "shop" }], propagateTags: "SERVICE" },
              ],
              filesystemType: "ext4",
            },
          },
        ],
      }),
  },
  "the key of a volume that is not encrypted": {
    members: volume({ kmsKeyId: "alias/aws/ebs" }),
    refused: { name: INVALID, message: /^The parameter kmsKeyId requires the parameter encrypted to be set\.$/ },
  },
  "a volume's snapshot": { members: volume({ snapshotId: "snap-0123456789abcdef0" }), refused: unbuilt("snapshotId") },
  "a volume's initialization": {
    members: volume({ volumeInitializationRate: 100 }),
    refused: unbuilt("volumeInitializationRate"),
  },
  "VPC Lattice": {
    members: () => ({
      vpcLatticeConfigurations: [
        {
          roleArn: `${ROLE}members-infrastructure`,
          targetGroupArn: "arn:aws:vpc-lattice:us-east-1:000000000000:targetgroup/tg-0123456789abcdef0",
          portName: "web",
          advancedConfiguration: {
            alternateTargetGroupArn: "arn:aws:vpc-lattice:us-east-1:000000000000:targetgroup/tg-0123456789abcdef1",
            productionListenerRule: "arn:aws:vpc-lattice:us-east-1:000000000000:service/s/listener/l/rule/r",
            testListenerRule: "arn:aws:vpc-lattice:us-east-1:000000000000:service/s/listener/l/rule/t",
          },
        },
      ],
    }),
    refused: unbuilt("vpcLatticeConfigurations"),
  },
  gateways: {
    members: () => ({
      gatewayConnectors: [
        {
          portName: "web",
          healthCheck: {
            healthCheckProtocol: "HTTP",
            healthCheckPort: 80,
            healthCheckPath: "/",
            healthCheckTimeoutSeconds: 5,
            healthCheckIntervalSeconds: 30,
            healthyThresholdCount: 2,
            unhealthyThresholdCount: 2,
            matcher: { httpCode: "200", grpcCode: "0" },
          },
          filters: { accessTypes: ["PUBLIC"] },
        },
      ],
    }),
    refused: unbuilt("gatewayConnectors"),
  },
  monitoring: {
    members: () => ({
      monitoring: { metricConfigurations: [{ metricNames: ["CPUUtilization"], resolutionSeconds: 20 }] },
    }),
    refused: unbuilt("monitoring"),
  },
};
