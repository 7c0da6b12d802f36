import { formatArn, parseArn } from "../../base/arn.ts";
import type { Ids } from "../../base/ids.ts";
import { ec2Id } from "../../base/ids.ts";
import type { Scope } from "../../base/scope.ts";

export const newFileSystemId = (ids: Ids) => ec2Id(ids, "fs");
export const newMountTargetId = (ids: Ids) => ec2Id(ids, "fsmt");
export const newAccessPointId = (ids: Ids) => ec2Id(ids, "fsap");

export type ResourceKind = "file-system" | "access-point";

/** `arn:aws:elasticfilesystem:REGION:ACCOUNT:KIND/ID` */
export function resourceArn(scope: Scope, kind: ResourceKind, id: string): string {
  return formatArn("elasticfilesystem", scope, `${kind}/${id}`);
}

/** The id in an id or ARN; `undefined` for an ARN of another account, Region or kind. */
export function resourceId(scope: Scope, kind: ResourceKind, idOrArn: string): string | undefined {
  const arn = parseArn(idOrArn);
  if (!arn) return idOrArn;
  const id = arn.resource.slice(kind.length + 1);
  return resourceArn(scope, kind, id) === idOrArn ? id : undefined;
}

/** What a resource's id or ARN is of. */
export function kindOf(idOrArn: string): ResourceKind {
  return (parseArn(idOrArn)?.resource ?? idOrArn).includes("fsap-") ? "access-point" : "file-system";
}
