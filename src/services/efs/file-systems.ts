import type { CreateFileSystemRequest, ThroughputMode } from "@aws-sdk/client-efs";
import { formatArn } from "../../base/arn.ts";
import type { Scope } from "../../base/scope.ts";
import { zonesOf } from "../ec2/zones.ts";
import { badRequest, notSupported, unsupportedZone } from "./errors.ts";
import type { FileSystemRecord } from "./records.ts";

type Settings = Pick<
  FileSystemRecord,
  | "performanceMode"
  | "throughputMode"
  | "provisionedThroughput"
  | "encrypted"
  | "kmsKeyId"
  | "availabilityZoneName"
  | "hasBackupPolicy"
>;

/**
 * What a new file system is to be, with EFS's defaults. https://docs.aws.amazon.com/efs/latest/ug/API_CreateFileSystem.html
 * @throws AwsError BadRequest, UnsupportedAvailabilityZone
 */
export function requestedSettings(scope: Scope, input: CreateFileSystemRequest): Settings {
  const { AvailabilityZoneName: zone, PerformanceMode = "generalPurpose", Encrypted = false, KmsKeyId } = input;
  if (input.Backup) throw notSupported("Backup");
  if (KmsKeyId !== undefined && !Encrypted)
    throw badRequest("KmsKeyId can be specified only if the Encrypted parameter is set to true.");
  if (zone !== undefined && !zonesOf(scope.region).some(({ zoneName }) => zoneName === zone))
    throw unsupportedZone(zone);
  if (PerformanceMode === "maxIO" && zone !== undefined)
    throw badRequest("The maxIO performance mode is not supported on file systems using One Zone storage classes.");
  if (PerformanceMode === "maxIO" && input.ThroughputMode === "elastic")
    throw badRequest("Elastic throughput is not supported for file systems using the maxIO performance mode.");
  return {
    performanceMode: PerformanceMode,
    ...requestedThroughput(input.ThroughputMode ?? "bursting", input.ProvisionedThroughputInMibps),
    encrypted: Encrypted,
    ...(Encrypted ? { kmsKeyId: keyArn(scope, KmsKeyId ?? "alias/aws/elasticfilesystem") } : {}),
    ...(zone === undefined ? {} : { availabilityZoneName: zone }),
    hasBackupPolicy: input.Backup !== undefined,
  };
}

/** @throws AwsError BadRequest when mode and amount do not fit */
export function requestedThroughput(
  throughputMode: ThroughputMode,
  provisionedThroughput: number | undefined,
): Pick<FileSystemRecord, "throughputMode" | "provisionedThroughput"> {
  if (throughputMode !== "provisioned") {
    if (provisionedThroughput !== undefined)
      throw badRequest("ProvisionedThroughputInMibps can be specified only if ThroughputMode is set to provisioned.");
    return { throughputMode };
  }
  if (provisionedThroughput === undefined)
    throw badRequest("ProvisionedThroughputInMibps is required if ThroughputMode is set to provisioned.");
  return { throughputMode, provisionedThroughput };
}

function keyArn(scope: Scope, key: string): string {
  if (key.startsWith("arn:")) return key;
  return formatArn("kms", scope, key.startsWith("alias/") ? key : `key/${key}`);
}
