import {
  CreateSecurityGroupCommand,
  DescribeNetworkInterfacesCommand,
  DescribeSubnetsCommand,
  type Subnet,
} from "@aws-sdk/client-ec2";
import {
  CreateClusterCommand,
  DescribeTasksCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
} from "@aws-sdk/client-ecs";
import {
  CreateAccessPointCommand,
  CreateFileSystemCommand,
  CreateMountTargetCommand,
  DeleteAccessPointCommand,
  DeleteFileSystemCommand,
  DeleteFileSystemPolicyCommand,
  DeleteMountTargetCommand,
  DescribeAccessPointsCommand,
  DescribeAccountPreferencesCommand,
  DescribeBackupPolicyCommand,
  DescribeFileSystemPolicyCommand,
  DescribeFileSystemsCommand,
  DescribeLifecycleConfigurationCommand,
  DescribeMountTargetSecurityGroupsCommand,
  DescribeMountTargetsCommand,
  DescribeReplicationConfigurationsCommand,
  EFSClient,
  ModifyMountTargetSecurityGroupsCommand,
  PutAccountPreferencesCommand,
  PutBackupPolicyCommand,
  PutFileSystemPolicyCommand,
  PutLifecycleConfigurationCommand,
  UpdateFileSystemProtectionCommand,
  type FileSystemDescription,
  type MountTargetDescription,
} from "@aws-sdk/client-efs";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { TestEngine } from "../support/engine.ts";

/* Amazon EFS as clients see it; what tasks see of it is shown by the system test. */

let engine: TestEngine;
let efs: EFSClient;
let subnets: Subnet[];
let tokens = 0;

beforeAll(async () => {
  engine = await TestEngine.start(["--compute", "simulated"]);
  const { endpoint, region, credentials } = engine;
  efs = new EFSClient({ endpoint, region, credentials, maxAttempts: 1 });
  subnets = (await engine.clients().ec2.send(new DescribeSubnetsCommand({}))).Subnets!;
});
afterAll(() => engine?.stop());

async function fileSystem(): Promise<string> {
  const { FileSystemId } = await efs.send(new CreateFileSystemCommand({ CreationToken: `token-${tokens++}` }));
  await available(async () => (await efs.send(new DescribeFileSystemsCommand({ FileSystemId }))).FileSystems![0]!);
  return FileSystemId!;
}

async function mountTarget(FileSystemId: string, subnet: Subnet, more = {}): Promise<string> {
  const input = { FileSystemId, SubnetId: subnet.SubnetId, ...more };
  const { MountTargetId } = await efs.send(new CreateMountTargetCommand(input));
  await available(async () => (await efs.send(new DescribeMountTargetsCommand({ MountTargetId }))).MountTargets![0]!);
  return MountTargetId!;
}

/** How long at the most something is waited for, and how often it is looked at, milliseconds. */
const WAITING = { timeout: 60_000, interval: 10 };

async function available(look: () => Promise<FileSystemDescription | MountTargetDescription>): Promise<void> {
  await vi.waitFor(async () => expect((await look()).LifeCycleState).toBe("available"), WAITING);
}

function refused(name: string, status: number, more: object = {}) {
  return expect.objectContaining({
    name,
    ErrorCode: name,
    $metadata: expect.objectContaining({ httpStatusCode: status }),
    ...more,
  });
}

test("the AWS CLI makes, describes, changes and deletes a file system", async () => {
  const made = await engine.awsJson<FileSystemDescription>(
    "efs",
    "create-file-system",
    "--creation-token",
    "cli",
    "--encrypted",
    "--throughput-mode",
    "elastic",
    "--tags",
    "Key=Name,Value=data",
    "Key=team,Value=a",
  );
  expect(made).toMatchObject({
    OwnerId: "000000000000",
    CreationToken: "cli",
    FileSystemId: expect.stringMatching(/^fs-[0-9a-f]{17}$/),
    FileSystemArn: `arn:aws:elasticfilesystem:us-east-1:000000000000:file-system/${made.FileSystemId}`,
    LifeCycleState: "creating",
    Name: "data",
    NumberOfMountTargets: 0,
    SizeInBytes: { Value: 0 },
    PerformanceMode: "generalPurpose",
    ThroughputMode: "elastic",
    Encrypted: true,
    KmsKeyId: expect.stringMatching(/^arn:aws:kms:/),
  });
  const id = made.FileSystemId!;
  await available(async () => (await efs.send(new DescribeFileSystemsCommand({ FileSystemId: id }))).FileSystems![0]!);
  const { FileSystems } = await engine.awsJson<{ FileSystems: FileSystemDescription[] }>(
    "efs",
    "describe-file-systems",
  );
  expect(FileSystems.find((each) => each.FileSystemId === id)).toMatchObject({
    LifeCycleState: "available",
    SizeInBytes: { Value: expect.any(Number), Timestamp: expect.anything(), ValueInIA: 0 },
  });
  const update = ["efs", "update-file-system", "--file-system-id", id, "--throughput-mode", "provisioned"];
  expect(await engine.awsJson(...update, "--provisioned-throughput-in-mibps", "5")).toMatchObject({
    ThroughputMode: "provisioned",
    ProvisionedThroughputInMibps: 5,
  });
  await engine.aws("efs", "tag-resource", "--resource-id", id, "--tags", "Key=Name,Value=other");
  await engine.aws("efs", "untag-resource", "--resource-id", id, "--tag-keys", "team");
  const tags = { Tags: [{ Key: "Name", Value: "other" }] };
  expect(await engine.awsJson("efs", "list-tags-for-resource", "--resource-id", made.FileSystemArn!)).toEqual(tags);
  await engine.aws("efs", "create-tags", "--file-system-id", id, "--tags", "Key=old,Value=1");
  await engine.aws("efs", "delete-tags", "--file-system-id", id, "--tag-keys", "old");
  expect(await engine.awsJson("efs", "describe-tags", "--file-system-id", id)).toMatchObject(tags);
  await engine.aws("efs", "delete-file-system", "--file-system-id", id);
  const gone = () => efs.send(new DescribeFileSystemsCommand({ FileSystemId: id }));
  await vi.waitFor(() => expect(gone()).rejects.toMatchObject({ name: "FileSystemNotFound" }), WAITING);
});

test("settings that are a matter of policies", async () => {
  const FileSystemId = await fileSystem();
  const of = { FileSystemId };
  const noPolicy = refused("PolicyNotFound", 404);
  expect(await efs.send(new DescribeLifecycleConfigurationCommand(of))).toMatchObject({ LifecyclePolicies: [] });
  const lifecycle = new PutLifecycleConfigurationCommand({
    ...of,
    LifecyclePolicies: [{ TransitionToIA: "AFTER_7_DAYS" }],
  });
  await expect(efs.send(lifecycle)).rejects.toEqual(refused("BadRequest", 400));
  await efs.send(new PutLifecycleConfigurationCommand({ ...of, LifecyclePolicies: [] }));

  const backup = (Status: "ENABLED" | "DISABLED") =>
    efs.send(new PutBackupPolicyCommand({ ...of, BackupPolicy: { Status } }));
  await expect(efs.send(new DescribeBackupPolicyCommand(of))).rejects.toEqual(noPolicy);
  await expect(backup("ENABLED")).rejects.toEqual(refused("ValidationException", 400));
  expect(await backup("DISABLED")).toMatchObject({ BackupPolicy: { Status: "DISABLED" } });

  const Statement = { Effect: "Allow", Principal: "*", Action: "elasticfilesystem:*" };
  const Policy = JSON.stringify({ Version: "2012-10-17", Statement });
  const wrong = { ...of, Policy: Policy.replace("Allow", "Perhaps") };
  await expect(efs.send(new DescribeFileSystemPolicyCommand(of))).rejects.toEqual(noPolicy);
  await expect(efs.send(new PutFileSystemPolicyCommand(wrong))).rejects.toEqual(refused("InvalidPolicyException", 400));
  await efs.send(new PutFileSystemPolicyCommand({ ...of, Policy }));
  expect(await efs.send(new DescribeFileSystemPolicyCommand(of))).toMatchObject({ ...of, Policy });
  await efs.send(new DeleteFileSystemPolicyCommand(of));
  await expect(efs.send(new DescribeFileSystemPolicyCommand(of))).rejects.toEqual(noPolicy);

  const protection = { ReplicationOverwriteProtection: "DISABLED" as const };
  expect(await efs.send(new UpdateFileSystemProtectionCommand({ ...of, ...protection }))).toMatchObject(protection);
  const replications = efs.send(new DescribeReplicationConfigurationsCommand(of));
  await expect(replications).rejects.toEqual(refused("ReplicationNotFound", 404));
  const preference = {
    ResourceIdPreference: { ResourceIdType: "LONG_ID", Resources: ["FILE_SYSTEM", "MOUNT_TARGET"] },
  };
  const long = new PutAccountPreferencesCommand({ ResourceIdType: "LONG_ID" });
  expect(await efs.send(long)).toMatchObject(preference);
  expect(await efs.send(new DescribeAccountPreferencesCommand({}))).toMatchObject(preference);
});

test("file systems that cannot be, and pages of those that are", async () => {
  const create = (input: object) =>
    efs.send(new CreateFileSystemCommand({ CreationToken: `token-${tokens++}`, ...input }));
  const { FileSystemId } = await create({ CreationToken: "same" });
  await expect(create({ CreationToken: "same" })).rejects.toEqual(
    refused("FileSystemAlreadyExists", 409, { FileSystemId }),
  );
  await expect(create({ ThroughputMode: "provisioned" })).rejects.toEqual(refused("BadRequest", 400));
  await expect(create({ ProvisionedThroughputInMibps: 5 })).rejects.toEqual(refused("BadRequest", 400));
  await expect(create({ KmsKeyId: "alias/a" })).rejects.toEqual(refused("BadRequest", 400));
  await expect(create({ Backup: true })).rejects.toEqual(refused("BadRequest", 400));
  await expect(create({ AvailabilityZoneName: "us-east-1z" })).rejects.toEqual(
    refused("UnsupportedAvailabilityZone", 400),
  );
  expect(await create({ AvailabilityZoneName: "us-east-1b" })).toMatchObject({ AvailabilityZoneId: "use1-az2" });
  await expect(create({ CreationToken: "" })).rejects.toMatchObject({ name: "ValidationException" });
  const first = await efs.send(new DescribeFileSystemsCommand({ MaxItems: 1 }));
  expect(first).toMatchObject({ FileSystems: [expect.anything()], NextMarker: expect.any(String) });
  const second = await efs.send(new DescribeFileSystemsCommand({ MaxItems: 1, Marker: first.NextMarker }));
  expect(second.Marker).toBe(first.NextMarker);
  expect(second.FileSystems![0]!.FileSystemId).not.toBe(first.FileSystems![0]!.FileSystemId);
  await expect(efs.send(new DescribeFileSystemsCommand({ Marker: "x" }))).rejects.toEqual(refused("BadRequest", 400));
  const unknown = { FileSystemId: "fs-0123456789abcdef0" };
  await expect(efs.send(new DescribeFileSystemsCommand(unknown))).rejects.toEqual(refused("FileSystemNotFound", 404));
  const byToken = await efs.send(new DescribeFileSystemsCommand({ CreationToken: "same" }));
  expect(byToken.FileSystems!.map((each) => each.FileSystemId)).toEqual([FileSystemId]);
});

test("mount targets have interfaces, one in a zone", async () => {
  const { ec2 } = engine.clients();
  const id = await fileSystem();
  const [one, two] = subnets;
  const address = one!.CidrBlock!.replace(/\d+\/\d+$/, "77");
  const target = await mountTarget(id, one!, { IpAddress: address });
  const [described] = (await efs.send(new DescribeMountTargetsCommand({ FileSystemId: id }))).MountTargets!;
  expect(described).toMatchObject({
    MountTargetId: target,
    IpAddress: address,
    SubnetId: one!.SubnetId,
    VpcId: one!.VpcId,
  });
  const NetworkInterfaceIds = [described!.NetworkInterfaceId!];
  const { NetworkInterfaces } = await ec2.send(new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds }));
  expect(NetworkInterfaces![0]).toMatchObject({
    Description: `EFS mount target for ${id} (${target})`,
    InterfaceType: "efs",
    PrivateIpAddress: address,
    RequesterManaged: true,
    Status: "in-use",
  });
  const again = (input: object) =>
    efs.send(new CreateMountTargetCommand({ FileSystemId: id, SubnetId: two!.SubnetId, ...input }));
  await expect(again({ SubnetId: one!.SubnetId })).rejects.toEqual(refused("MountTargetConflict", 409));
  await expect(again({ SubnetId: "subnet-0123456789abcdef0" })).rejects.toEqual(refused("SubnetNotFound", 400));
  await expect(again({ IpAddress: "10.255.0.9" })).rejects.toEqual(refused("BadRequest", 400));
  const groups = ["sg-0123456789abcdef0"];
  await expect(again({ SecurityGroups: groups })).rejects.toEqual(refused("SecurityGroupNotFound", 400));
  const six = Array.from({ length: 6 }, (_, index) => `sg-0123456789abcdef${index}`);
  await expect(again({ SecurityGroups: six })).rejects.toEqual(refused("SecurityGroupLimitExceeded", 400));
  const other = efs.send(
    new CreateMountTargetCommand({ FileSystemId: await fileSystem(), SubnetId: one!.SubnetId, IpAddress: address }),
  );
  await expect(other).rejects.toEqual(refused("IpAddressInUse", 409));
  const zonal = await efs.send(
    new CreateFileSystemCommand({ CreationToken: "one-zone", AvailabilityZoneName: two!.AvailabilityZone }),
  );
  await vi.waitFor(
    () =>
      expect(again({ FileSystemId: zonal.FileSystemId, SubnetId: one!.SubnetId })).rejects.toEqual(
        refused("AvailabilityZonesMismatch", 400),
      ),
    WAITING,
  );
  const of = { MountTargetId: target };
  const before = await efs.send(new DescribeMountTargetSecurityGroupsCommand(of));
  expect(before.SecurityGroups).toHaveLength(1);
  const { GroupId } = await ec2.send(new CreateSecurityGroupCommand({ GroupName: "nfs", Description: "nfs" }));
  await efs.send(new ModifyMountTargetSecurityGroupsCommand({ ...of, SecurityGroups: [GroupId!] }));
  const after = await efs.send(new DescribeMountTargetSecurityGroupsCommand(of));
  expect(after.SecurityGroups).toEqual([GroupId]);
  await expect(efs.send(new DeleteFileSystemCommand({ FileSystemId: id }))).rejects.toEqual(
    refused("FileSystemInUse", 409),
  );
  await efs.send(new DeleteMountTargetCommand({ MountTargetId: target }));
  await vi.waitFor(
    () =>
      expect(efs.send(new DeleteMountTargetCommand({ MountTargetId: target }))).rejects.toEqual(
        refused("MountTargetNotFound", 404),
      ),
    WAITING,
  );
  await expect(ec2.send(new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds }))).rejects.toMatchObject({
    name: "InvalidNetworkInterfaceID.NotFound",
  });
  await efs.send(new DeleteFileSystemCommand({ FileSystemId: id }));
});

test("access points", async () => {
  const id = await fileSystem();
  const create = (input: object = {}) =>
    efs.send(new CreateAccessPointCommand({ FileSystemId: id, ClientToken: `token-${tokens++}`, ...input }));
  const PosixUser = { Uid: 1000, Gid: 1001, SecondaryGids: [2000] };
  const RootDirectory = { Path: "/a/b", CreationInfo: { OwnerUid: 1000, OwnerGid: 1001, Permissions: "0750" } };
  const Tags = [{ Key: "Name", Value: "ap" }];
  const made = await create({ ClientToken: "same", PosixUser, RootDirectory, Tags });
  const { AccessPointId } = made;
  expect(made).toMatchObject({
    AccessPointId: expect.stringMatching(/^fsap-[0-9a-f]{17}$/),
    AccessPointArn: `arn:aws:elasticfilesystem:us-east-1:000000000000:access-point/${AccessPointId}`,
    LifeCycleState: "available",
    Name: "ap",
    OwnerId: "000000000000",
    FileSystemId: id,
    PosixUser,
    RootDirectory,
    Tags,
  });
  await expect(create({ ClientToken: "same" })).rejects.toEqual(
    refused("AccessPointAlreadyExists", 409, { AccessPointId }),
  );
  expect(await create()).toMatchObject({ RootDirectory: { Path: "/" } });
  await expect(create({ RootDirectory: { Path: "/a/../../b" } })).rejects.toMatchObject({
    name: expect.stringMatching(/BadRequest|ValidationException/),
  });
  await expect(create({ RootDirectory: { Path: "/1/2/3/4/5" } })).rejects.toMatchObject({
    name: "ValidationException",
  });
  await expect(create({ FileSystemId: "fs-0123456789abcdef0" })).rejects.toEqual(refused("FileSystemNotFound", 404));
  const listed = await efs.send(new DescribeAccessPointsCommand({ FileSystemId: id }));
  expect(listed.AccessPoints).toHaveLength(2);
  await efs.send(new DeleteAccessPointCommand({ AccessPointId }));
  const gone = efs.send(new DescribeAccessPointsCommand({ AccessPointId }));
  await expect(gone).rejects.toEqual(refused("AccessPointNotFound", 404));
});

test("a task that cannot mount stops with the words of the mount helper", async () => {
  const { ec2, ecs } = engine.clients();
  const [one, two] = subnets;
  const id = await fileSystem();
  const group = await ec2.send(new CreateSecurityGroupCommand({ GroupName: "closed", Description: "closed" }));
  await mountTarget(id, one!, { SecurityGroups: [group.GroupId!] });
  const open = await fileSystem();
  await mountTarget(open, one!);
  const elsewhere = await efs.send(new CreateAccessPointCommand({ FileSystemId: id, ClientToken: "elsewhere" }));
  await ecs.send(new CreateClusterCommand({ clusterName: "efs" }));
  const run = async (family: string, subnet: Subnet, efsVolumeConfiguration: object) => {
    await ecs.send(
      new RegisterTaskDefinitionCommand({
        family,
        networkMode: "awsvpc",
        requiresCompatibilities: ["FARGATE"],
        cpu: "256",
        memory: "512",
        containerDefinitions: [{ name: "a", image: "x", mountPoints: [{ sourceVolume: "v", containerPath: "/v" }] }],
        volumes: [{ name: "v", efsVolumeConfiguration: efsVolumeConfiguration as { fileSystemId: string } }],
      }),
    );
    const awsvpcConfiguration = { subnets: [subnet.SubnetId!] };
    const request = { cluster: "efs", taskDefinition: family, launchType: "FARGATE" as const };
    const { tasks } = await ecs.send(new RunTaskCommand({ ...request, networkConfiguration: { awsvpcConfiguration } }));
    return await vi.waitFor(async () => {
      const described = await ecs.send(new DescribeTasksCommand({ cluster: "efs", tasks: [tasks![0]!.taskArn!] }));
      const { lastStatus, stoppedReason } = described.tasks![0]!;
      expect(["RUNNING", "STOPPED"]).toContain(lastStatus);
      return stoppedReason;
    }, WAITING);
  };
  const failed = "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: ";
  const tls = { transitEncryption: "ENABLED" };
  const authorizationConfig = { accessPointId: elsewhere.AccessPointId };
  const [nowhere, timeout, denied, mounted] = await Promise.all([
    run("nowhere", two!, { fileSystemId: id }),
    run("timeout", one!, { fileSystemId: id }),
    run("denied", one!, { fileSystemId: open, ...tls, authorizationConfig }),
    run("mounted", one!, { fileSystemId: open }),
  ]);
  expect(nowhere).toContain(
    `${failed}Failed to resolve "${id}.efs.us-east-1.amazonaws.com" - check that your file system ID`,
  );
  expect(timeout).toBe(
    `${failed}b'mount.nfs4: Connection timed out' : unsuccessful EFS utils command execution; code: 32`,
  );
  expect(denied).toContain("b'mount.nfs4: access denied by server while mounting 127.0.0.1:/'");
  expect(mounted).toBeUndefined();
});
