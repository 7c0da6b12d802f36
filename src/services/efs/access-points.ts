import type { CreateAccessPointRequest } from "@aws-sdk/client-efs";
import { badRequest } from "./errors.ts";
import type { AccessPointRecord } from "./records.ts";

const MAX_DEPTH = 4;

/**
 * What a new access point enforces. https://docs.aws.amazon.com/efs/latest/ug/efs-access-points.html
 * @throws AwsError BadRequest
 */
export function requestedEnforcement({
  PosixUser,
  RootDirectory,
}: CreateAccessPointRequest): Pick<AccessPointRecord, "posixUser" | "rootPath" | "creationInfo"> {
  const { Path = "/", CreationInfo } = RootDirectory ?? {};
  const parts = Path.split("/").filter(Boolean);
  if (parts.length > MAX_DEPTH || parts.some((part) => part === "." || part === ".."))
    throw badRequest("The root directory path is not valid.");
  return {
    ...(PosixUser
      ? { posixUser: { uid: PosixUser.Uid!, gid: PosixUser.Gid!, secondaryGids: PosixUser.SecondaryGids ?? [] } }
      : {}),
    rootPath: Path,
    ...(CreationInfo
      ? {
          creationInfo: {
            ownerUid: CreationInfo.OwnerUid!,
            ownerGid: CreationInfo.OwnerGid!,
            permissions: CreationInfo.Permissions!,
          },
        }
      : {}),
  };
}
