import type { TaskDefinition, TaskManagedEBSVolumeConfiguration } from "@aws-sdk/client-ecs";
import { describe, expect, test } from "vitest";
import { configuredVolume, volumeTags } from "./volume-configuration.ts";

const definition: TaskDefinition = { volumes: [{ name: "bind" }, { name: "vol", configuredAtLaunch: true }] };
const roleArn = "arn:aws:iam::000000000000:role/ecsInfrastructureRole";
const volume = (more: Partial<TaskManagedEBSVolumeConfiguration>, name = "vol") => [
  { name, managedEBSVolume: { roleArn, sizeInGiB: 100, ...more } },
];

describe("a volume that is configured at launch", () => {
  test("has AWS's defaults", () => {
    expect(configuredVolume(definition, volume({}))).toEqual({
      name: "vol",
      roleArn,
      sizeGiB: 100,
      volumeType: "gp2",
      iops: 300,
      fileSystem: "xfs",
      deleteOnTermination: true,
      tags: [],
      propagateTags: "NONE",
    });
  });

  test.each<[Partial<TaskManagedEBSVolumeConfiguration>, object]>([
    [{ volumeType: "gp2", sizeInGiB: 1 }, { iops: 100 }],
    [{ volumeType: "gp2", sizeInGiB: 16_384 }, { iops: 16_000 }],
    [{ volumeType: "gp3" }, { iops: 3000, throughput: 125 }],
    [
      { volumeType: "gp3", sizeInGiB: 1, iops: 3000 },
      { iops: 3000, throughput: 125 },
    ],
    [
      { volumeType: "gp3", iops: 4000, throughput: 1000 },
      { iops: 4000, throughput: 1000 },
    ],
    [{ volumeType: "io2", sizeInGiB: 4, iops: 4000 }, { iops: 4000 }],
    [{ volumeType: "st1", sizeInGiB: 125 }, { sizeGiB: 125 }],
    [
      { terminationPolicy: { deleteOnTermination: false }, filesystemType: "ext4" },
      { deleteOnTermination: false, fileSystem: "ext4" },
    ],
    [{ encrypted: true }, { encryption: { kmsKeyId: "alias/aws/ebs" } }],
    [{ encrypted: true, kmsKeyId: "alias/a" }, { encryption: { kmsKeyId: "alias/a" } }],
  ])("%o", (asked, expected) => expect(configuredVolume(definition, volume(asked))).toMatchObject(expected));

  test.each<[string, Partial<TaskManagedEBSVolumeConfiguration>]>([
    ["Either sizeInGiB or snapshotId must be specified.", { sizeInGiB: undefined }],
    ["The 'standard' volume type is not supported for tasks on Fargate.", { volumeType: "standard" }],
    ["Invalid volumeType 'gp9'", { volumeType: "gp9" }],
    ["Invalid sizeInGiB 0: gp2", { sizeInGiB: 0 }],
    ["Invalid sizeInGiB 16385", { sizeInGiB: 16_385 }],
    ["Invalid sizeInGiB 3: io1", { volumeType: "io1", sizeInGiB: 3, iops: 100 }],
    ["Invalid sizeInGiB 100: sc1", { volumeType: "sc1" }],
    ["iops must be specified for io1", { volumeType: "io1" }],
    ["iops is not supported for gp2", { iops: 300 }],
    ["iops is not supported for st1", { volumeType: "st1", sizeInGiB: 125, iops: 300 }],
    ["Invalid iops 2999: gp3", { volumeType: "gp3", iops: 2999 }],
    ["Iops to volume size ratio of 51.000000 is too high; maximum is 50", { volumeType: "io1", iops: 5100 }],
    ["throughput is not supported for io2", { volumeType: "io2", iops: 300, throughput: 200 }],
    ["Invalid throughput 1001", { volumeType: "gp3", throughput: 1001 }],
    ["Throughput (MiBps) to iops ratio", { volumeType: "gp3", throughput: 751 }],
    ["'ntfs' is not supported", { filesystemType: "ntfs" }],
    ["'volumeConfigurations.managedEBSVolume.snapshotId' is not supported", { snapshotId: "snap-1" }],
    ["kmsKeyId requires the parameter encrypted to be set", { kmsKeyId: "alias/a" }],
    ["kmsKeyId requires the parameter encrypted to be set", { kmsKeyId: "alias/a", encrypted: false }],
    [
      "The tag key 'AmazonECSManaged' is reserved.",
      { tagSpecifications: [{ resourceType: "volume", tags: [{ key: "AmazonECSManaged", value: "x" }] }] },
    ],
  ])("%s", (message, asked) => expect(() => configuredVolume(definition, volume(asked))).toThrow(message));

  test("is not encrypted unless asked for", () =>
    expect(configuredVolume(definition, volume({ encrypted: false }))).not.toHaveProperty("encryption"));

  test("goes with the task definition", () => {
    expect(configuredVolume({}, undefined)).toBeUndefined();
    expect(configuredVolume({}, [])).toBeUndefined();
    expect(() => configuredVolume({}, volume({}))).toThrow("does not match a volume in the task definition");
    expect(() => configuredVolume(definition, volume({}, "bind"))).toThrow("does not match");
    expect(() => configuredVolume(definition, [])).toThrow("must be specified for the volume 'vol'");
    expect(() => configuredVolume(definition, [{ name: "vol" }])).toThrow("managedEBSVolume must be specified");
    expect(() => configuredVolume(definition, [...volume({}), ...volume({})])).toThrow("Only one volume");
  });
});

test("its tags", () => {
  const sources = {
    definition: [{ key: "from", value: "definition" }],
    service: [{ key: "from", value: "service" }],
    managed: [{ key: "aws:ecs:clusterName", value: "c" }],
  };
  const keys = (tagSpecifications: TaskManagedEBSVolumeConfiguration["tagSpecifications"]) =>
    Object.fromEntries(
      volumeTags(configuredVolume(definition, volume({ tagSpecifications }))!, sources).map(({ key, value }) => [
        key,
        value,
      ]),
    );
  const own = { "aws:ecs:clusterName": "c", AmazonECSCreated: "true", AmazonECSManaged: "true" };
  expect(keys(undefined)).toEqual(own);
  expect(keys([{ resourceType: "volume", propagateTags: "SERVICE" }])).toEqual({ ...own, from: "service" });
  expect(
    keys([{ resourceType: "volume", propagateTags: "TASK_DEFINITION", tags: [{ key: "from", value: "here" }] }]),
  ).toEqual({ ...own, from: "here" });
});
