import { defineService, type ServiceDefinition } from "../../wire/service.ts";
import { efsRules } from "./authorization.ts";
import type { Efs } from "./efs.ts";
import { createAccessPoint } from "./operations/create-access-point.ts";
import { createFileSystem } from "./operations/create-file-system.ts";
import { createMountTarget } from "./operations/create-mount-target.ts";
import { createTags } from "./operations/create-tags.ts";
import { deleteAccessPoint } from "./operations/delete-access-point.ts";
import { deleteFileSystem } from "./operations/delete-file-system.ts";
import { deleteFileSystemPolicy } from "./operations/delete-file-system-policy.ts";
import { deleteMountTarget } from "./operations/delete-mount-target.ts";
import { deleteTags } from "./operations/delete-tags.ts";
import { describeAccessPoints } from "./operations/describe-access-points.ts";
import { describeAccountPreferences } from "./operations/describe-account-preferences.ts";
import { describeBackupPolicy } from "./operations/describe-backup-policy.ts";
import { describeFileSystemPolicy } from "./operations/describe-file-system-policy.ts";
import { describeFileSystems } from "./operations/describe-file-systems.ts";
import { describeLifecycleConfiguration } from "./operations/describe-lifecycle-configuration.ts";
import { describeMountTargetSecurityGroups } from "./operations/describe-mount-target-security-groups.ts";
import { describeMountTargets } from "./operations/describe-mount-targets.ts";
import { describeReplicationConfigurations } from "./operations/describe-replication-configurations.ts";
import { describeTags } from "./operations/describe-tags.ts";
import { listTagsForResource } from "./operations/list-tags-for-resource.ts";
import { modifyMountTargetSecurityGroups } from "./operations/modify-mount-target-security-groups.ts";
import { putAccountPreferences } from "./operations/put-account-preferences.ts";
import { putBackupPolicy } from "./operations/put-backup-policy.ts";
import { putFileSystemPolicy } from "./operations/put-file-system-policy.ts";
import { putLifecycleConfiguration } from "./operations/put-lifecycle-configuration.ts";
import { tagResource } from "./operations/tag-resource.ts";
import { untagResource } from "./operations/untag-resource.ts";
import { updateFileSystem } from "./operations/update-file-system.ts";
import { updateFileSystemProtection } from "./operations/update-file-system-protection.ts";

/** Amazon Elastic File System, https://docs.aws.amazon.com/efs/latest/ug/api-reference.html */
export function efsService(efs: Efs): ServiceDefinition {
  return defineService<typeof import("@aws-sdk/client-efs")>(
    {
      name: "efs",
      signingName: "elasticfilesystem",
      protocols: ["restJson1"],
      version: "2015-02-01",
      validationErrorCode: "ValidationException",
      sdk: () => import("@aws-sdk/client-efs"),
      bounds: async () => (await import("../../../generated/bounds/efs.json", { with: { type: "json" } })).default,
    },
    {
      CreateAccessPoint: createAccessPoint(efs),
      CreateFileSystem: createFileSystem(efs),
      CreateMountTarget: createMountTarget(efs),
      CreateTags: createTags(efs),
      DeleteAccessPoint: deleteAccessPoint(efs),
      DeleteFileSystem: deleteFileSystem(efs),
      DeleteFileSystemPolicy: deleteFileSystemPolicy(efs),
      DeleteMountTarget: deleteMountTarget(efs),
      DeleteTags: deleteTags(efs),
      DescribeAccessPoints: describeAccessPoints(efs),
      DescribeAccountPreferences: describeAccountPreferences(efs),
      DescribeBackupPolicy: describeBackupPolicy(efs),
      DescribeFileSystemPolicy: describeFileSystemPolicy(efs),
      DescribeFileSystems: describeFileSystems(efs),
      DescribeLifecycleConfiguration: describeLifecycleConfiguration(efs),
      DescribeMountTargetSecurityGroups: describeMountTargetSecurityGroups(efs),
      DescribeMountTargets: describeMountTargets(efs),
      DescribeReplicationConfigurations: describeReplicationConfigurations(efs),
      DescribeTags: describeTags(efs),
      ListTagsForResource: listTagsForResource(efs),
      ModifyMountTargetSecurityGroups: modifyMountTargetSecurityGroups(efs),
      PutAccountPreferences: putAccountPreferences(efs),
      PutBackupPolicy: putBackupPolicy(efs),
      PutFileSystemPolicy: putFileSystemPolicy(efs),
      PutLifecycleConfiguration: putLifecycleConfiguration(efs),
      TagResource: tagResource(efs),
      UntagResource: untagResource(efs),
      UpdateFileSystem: updateFileSystem(efs),
      UpdateFileSystemProtection: updateFileSystemProtection(efs),
    },
    efsRules(efs),
  );
}
