import type { RunTaskRequest, Task } from "@aws-sdk/client-ecs";
import { expect } from "vitest";

/** What the examples name that a test makes. */
export interface MadeForTasks {
  /** Runs on Fargate, with the task role that is named in the examples. */
  plain: string;
  /** Has a volume `disk` that is configured at launch. */
  withVolume: string;
  subnetId: string;
  groupId: string;
}

const ROLE = "arn:aws:iam::000000000000:role/";

/** A RunTask without a cluster, how the task it makes is described, and on what it is told beside. */
export interface AcceptedRun {
  what: string;
  sent: (made: MadeForTasks) => Omit<RunTaskRequest, "cluster">;
  shown: (made: MadeForTasks) => Partial<Task>;
}

const base = ({ plain, subnetId }: MadeForTasks): RunTaskRequest => ({
  taskDefinition: plain,
  launchType: "FARGATE",
  networkConfiguration: { awsvpcConfiguration: { subnets: [subnetId] } },
});

export const acceptedRuns: AcceptedRun[] = [
  {
    what: "what a task is",
    sent: (made) => ({
      ...base(made),
      count: 1,
      enableECSManagedTags: true,
      enableExecuteCommand: true,
      group: "batch",
      networkConfiguration: {
        awsvpcConfiguration: { subnets: [made.subnetId], securityGroups: [made.groupId], assignPublicIp: "ENABLED" },
      },
      platformVersion: "1.4.0",
      propagateTags: "TASK_DEFINITION",
      referenceId: "reference",
      startedBy: "somebody",
      tags: [{ key: "team", value: "shop" }],
      clientToken: "once",
    }),
    shown: ({ plain, subnetId }) => ({
      taskDefinitionArn: plain,
      launchType: "FARGATE",
      enableExecuteCommand: true,
      group: "batch",
      platformVersion: "1.4.0",
      startedBy: "somebody",
      tags: expect.arrayContaining([
        { key: "team", value: "shop" },
        { key: "aws:ecs:clusterName", value: "test" },
        { key: "from", value: "definition" },
      ]) as Task["tags"],
      attachments: [
        expect.objectContaining({ details: expect.arrayContaining([{ name: "subnetId", value: subnetId }]) }),
      ],
    }),
  },
  {
    what: "a strategy",
    sent: ({ plain, subnetId }) => ({
      taskDefinition: plain,
      capacityProviderStrategy: [
        { capacityProvider: "FARGATE_SPOT", weight: 1, base: 1 },
        { capacityProvider: "FARGATE", weight: 0 },
      ],
      networkConfiguration: { awsvpcConfiguration: { subnets: [subnetId] } },
    }),
    shown: () => ({ capacityProviderName: "FARGATE_SPOT" }),
  },
  {
    what: "overrides",
    sent: (made) => ({
      ...base(made),
      overrides: {
        containerOverrides: [
          {
            name: "app",
            command: ["other"],
            environment: [{ name: "MODE", value: "slow" }],
            environmentFiles: [{ type: "s3", value: "arn:aws:s3:::bucket/app.env" }],
            cpu: 128,
            memory: 512,
            memoryReservation: 256,
          },
        ],
        cpu: "512",
        memory: "2048",
        executionRoleArn: `${ROLE}ecsTaskExecutionRole`,
        taskRoleArn: `${ROLE}members-task`,
        ephemeralStorage: { sizeInGiB: 22 },
      },
    }),
    shown: () => ({
      cpu: "512",
      memory: "2048",
      ephemeralStorage: { sizeInGiB: 22 },
      overrides: {
        containerOverrides: [
          {
            name: "app",
            command: ["other"],
            environment: [{ name: "MODE", value: "slow" }],
            environmentFiles: [{ type: "s3", value: "arn:aws:s3:::bucket/app.env" }],
            cpu: 128,
            memory: 512,
            memoryReservation: 256,
          },
        ],
        cpu: "512",
        memory: "2048",
        executionRoleArn: `${ROLE}ecsTaskExecutionRole`,
        taskRoleArn: `${ROLE}members-task`,
        ephemeralStorage: { sizeInGiB: 22 },
        inferenceAcceleratorOverrides: [],
      },
    }),
  },
  {
    what: "a volume",
    sent: (made) => ({
      ...base(made),
      taskDefinition: made.withVolume,
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
              { resourceType: "volume", tags: [{ key: "team", value: "shop" }], propagateTags: "TASK_DEFINITION" },
            ],
            terminationPolicy: { deleteOnTermination: true },
            filesystemType: "ext4",
          },
        },
      ],
    }),
    shown: () => ({
      attachments: [
        expect.objectContaining({ type: "ElasticNetworkInterface" }),
        expect.objectContaining({
          type: "AmazonElasticBlockStorage",
          details: expect.arrayContaining([
            { name: "volumeName", value: "disk" },
            { name: "roleArn", value: `${ROLE}members-infrastructure` },
            { name: "deleteOnTermination", value: "true" },
          ]),
        }),
      ],
    }),
  },
];

const notYet = (member: string) => `'${member}' is not supported by Neargate yet.`;
const NO_GPU = "Tasks using the Fargate launch type do not support GPU resource requirements.";

const override = (containerOverride: object) => (made: MadeForTasks) => ({
  ...base(made),
  overrides: { containerOverrides: [{ name: "app", ...containerOverride }] },
});

const volume = (more: object) => (made: MadeForTasks) => ({
  ...base(made),
  taskDefinition: made.withVolume,
  volumeConfigurations: [
    { name: "disk", managedEBSVolume: { roleArn: `${ROLE}members-infrastructure`, sizeInGiB: 1, ...more } },
  ],
});

export const refusedRuns: [message: string, sent: (made: MadeForTasks) => RunTaskRequest][] = [
  [
    "Placement constraints are not supported with FARGATE launch type.",
    (made) => ({ ...base(made), placementConstraints: [{ type: "memberOf", expression: "attribute:x == y" }] }),
  ],
  [
    "Placement strategies are not supported with FARGATE launch type.",
    (made) => ({ ...base(made), placementStrategy: [{ type: "spread", field: "host" }] }),
  ],
  [
    NO_GPU,
    override({
      resourceRequirements: [
        { type: "GPU", value: "1", sharingStrategy: { nvidiaMps: { memory: 1, maxComputePercent: 1 } } },
      ],
    }),
  ],
  [
    notYet("overrides.inferenceAcceleratorOverrides"),
    (made) => ({
      ...base(made),
      overrides: { inferenceAcceleratorOverrides: [{ deviceName: "device", deviceType: "eia1.medium" }] },
    }),
  ],
  ["The parameter kmsKeyId requires the parameter encrypted to be set.", volume({ kmsKeyId: "alias/aws/ebs" })],
  [notYet("volumeConfigurations.managedEBSVolume.snapshotId"), volume({ snapshotId: "snap-0123456789abcdef0" })],
  [notYet("volumeConfigurations.managedEBSVolume.volumeInitializationRate"), volume({ volumeInitializationRate: 100 })],
];
