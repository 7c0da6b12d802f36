import { scopeKey, type Scope } from "../../base/scope.ts";
import type { AuthorizedResource } from "../../identity/authorization.ts";
import type { AuthorizationContext, AuthorizationRules } from "../../wire/authorization.ts";
import { ANY, check, removedTags, requestTags, tagValues } from "../../wire/checks.ts";
import type { Efs } from "./efs.ts";
import { kindOf, resourceArn, resourceId } from "./identifiers.ts";

/**
 * What the operations of EFS need:
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticfilesystem.html
 */
export function efsRules(efs: Efs): AuthorizationRules<typeof import("@aws-sdk/client-efs")> {
  const onFileSystem =
    (action: string) =>
    ({ FileSystemId }: { FileSystemId?: string | undefined }, { scope }: AuthorizationContext) => [
      check(action, FileSystemId === undefined ? ANY : fileSystemResource(efs, scope, FileSystemId)),
    ];
  /** Mount targets have no ARN: they are their file system's. */
  const onMountTarget =
    (action: string) =>
    async ({ MountTargetId }: { MountTargetId: string | undefined }, { scope }: AuthorizationContext) => {
      const target = await efs.records.mountTargets.get(scopeKey(scope), MountTargetId ?? "");
      return [check(action, fileSystemResource(efs, scope, target?.fileSystemId ?? "*"))];
    };
  const byId = (scope: Scope, idOrArn: string) =>
    kindOf(idOrArn) === "access-point"
      ? accessPointResource(efs, scope, idOrArn)
      : fileSystemResource(efs, scope, idOrArn);
  /** Who tags what it creates must be allowed to tag. */
  const tagging = (createAction: string, arn: string, tags: Parameters<typeof requestTags>[0]) =>
    tags?.length
      ? [
          check(
            "elasticfilesystem:TagResource",
            { arn },
            { ...requestTags(tags), conditions: { "elasticfilesystem:CreateAction": createAction } },
          ),
        ]
      : [];

  return {
    CreateAccessPoint: ({ FileSystemId, Tags }, { scope }) => [
      check(
        "elasticfilesystem:CreateAccessPoint",
        fileSystemResource(efs, scope, FileSystemId ?? ""),
        requestTags(Tags),
      ),
      ...tagging("CreateAccessPoint", resourceArn(scope, "access-point", "*"), Tags),
    ],
    CreateFileSystem: ({ Tags, Encrypted }, { scope }) => [
      check("elasticfilesystem:CreateFileSystem", ANY, {
        ...requestTags(Tags),
        conditions: { "elasticfilesystem:Encrypted": String(Encrypted ?? false) },
      }),
      ...tagging("CreateFileSystem", resourceArn(scope, "file-system", "*"), Tags),
    ],
    CreateMountTarget: onFileSystem("elasticfilesystem:CreateMountTarget"),
    CreateTags: ({ FileSystemId, Tags }, { scope }) => [
      check("elasticfilesystem:CreateTags", fileSystemResource(efs, scope, FileSystemId ?? ""), requestTags(Tags)),
    ],
    DeleteAccessPoint: ({ AccessPointId }, { scope }) => [
      check("elasticfilesystem:DeleteAccessPoint", accessPointResource(efs, scope, AccessPointId ?? "")),
    ],
    DeleteFileSystem: onFileSystem("elasticfilesystem:DeleteFileSystem"),
    DeleteFileSystemPolicy: onFileSystem("elasticfilesystem:DeleteFileSystemPolicy"),
    DeleteMountTarget: onMountTarget("elasticfilesystem:DeleteMountTarget"),
    DeleteTags: ({ FileSystemId, TagKeys }, { scope }) => [
      check("elasticfilesystem:DeleteTags", fileSystemResource(efs, scope, FileSystemId ?? ""), removedTags(TagKeys)),
    ],
    DescribeAccessPoints: ({ AccessPointId, FileSystemId }, { scope }) => [
      check(
        "elasticfilesystem:DescribeAccessPoints",
        AccessPointId !== undefined || FileSystemId !== undefined ? byId(scope, (AccessPointId ?? FileSystemId)!) : ANY,
      ),
    ],
    DescribeAccountPreferences: () => [check("elasticfilesystem:DescribeAccountPreferences")],
    DescribeBackupPolicy: onFileSystem("elasticfilesystem:DescribeBackupPolicy"),
    DescribeFileSystemPolicy: onFileSystem("elasticfilesystem:DescribeFileSystemPolicy"),
    DescribeFileSystems: ({ FileSystemId }, { scope }) => [
      check("elasticfilesystem:DescribeFileSystems", fileSystemResource(efs, scope, FileSystemId ?? "*")),
    ],
    DescribeLifecycleConfiguration: onFileSystem("elasticfilesystem:DescribeLifecycleConfiguration"),
    DescribeMountTargetSecurityGroups: onMountTarget("elasticfilesystem:DescribeMountTargetSecurityGroups"),
    DescribeMountTargets: async ({ FileSystemId, MountTargetId, AccessPointId }, { scope }) => {
      const target = MountTargetId && (await efs.records.mountTargets.get(scopeKey(scope), MountTargetId));
      const id = FileSystemId ?? AccessPointId ?? (target ? target.fileSystemId : "*");
      return [check("elasticfilesystem:DescribeMountTargets", byId(scope, id))];
    },
    DescribeReplicationConfigurations: onFileSystem("elasticfilesystem:DescribeReplicationConfigurations"),
    DescribeTags: onFileSystem("elasticfilesystem:DescribeTags"),
    ListTagsForResource: ({ ResourceId }, { scope }) => [
      check("elasticfilesystem:ListTagsForResource", byId(scope, ResourceId ?? "")),
    ],
    ModifyMountTargetSecurityGroups: onMountTarget("elasticfilesystem:ModifyMountTargetSecurityGroups"),
    PutAccountPreferences: () => [check("elasticfilesystem:PutAccountPreferences")],
    PutBackupPolicy: onFileSystem("elasticfilesystem:PutBackupPolicy"),
    PutFileSystemPolicy: onFileSystem("elasticfilesystem:PutFileSystemPolicy"),
    PutLifecycleConfiguration: onFileSystem("elasticfilesystem:PutLifecycleConfiguration"),
    TagResource: ({ ResourceId, Tags }, { scope }) => [
      check("elasticfilesystem:TagResource", byId(scope, ResourceId ?? ""), requestTags(Tags)),
    ],
    UntagResource: ({ ResourceId, TagKeys }, { scope }) => [
      check("elasticfilesystem:UntagResource", byId(scope, ResourceId ?? ""), removedTags(TagKeys)),
    ],
    UpdateFileSystem: onFileSystem("elasticfilesystem:UpdateFileSystem"),
    UpdateFileSystemProtection: onFileSystem("elasticfilesystem:UpdateFileSystemProtection"),
  };
}

/** A file system by id or ARN, with its policy. */
export function fileSystemResource(efs: Efs, scope: Scope, idOrArn: string): AuthorizedResource {
  const record = async () => {
    const id = resourceId(scope, "file-system", idOrArn);
    return id === undefined ? undefined : await efs.records.fileSystems.get(scopeKey(scope), id);
  };
  return {
    arn: idOrArn.startsWith("arn:") ? idOrArn : resourceArn(scope, "file-system", idOrArn),
    tags: async () => tagValues((await record())?.tags),
    policy: async () => (await record())?.policy,
  };
}

function accessPointResource(efs: Efs, scope: Scope, idOrArn: string): AuthorizedResource {
  const id = resourceId(scope, "access-point", idOrArn) ?? "";
  return {
    arn: idOrArn.startsWith("arn:") ? idOrArn : resourceArn(scope, "access-point", idOrArn),
    tags: async () => tagValues((await efs.records.accessPoints.get(scopeKey(scope), id))?.tags),
  };
}
