import type { PerformanceMode, ReplicationOverwriteProtection, Tag, ThroughputMode } from "@aws-sdk/client-efs";

export type LifeCycleState = "creating" | "available" | "deleting";

export interface FileSystemRecord {
  fileSystemId: string;
  creationToken: string;
  createdAt: Date;
  state: LifeCycleState;
  performanceMode: PerformanceMode;
  throughputMode: ThroughputMode;
  /** MiB/s, of the provisioned mode. */
  provisionedThroughput?: number;
  encrypted: boolean;
  /** An ARN. */
  kmsKeyId?: string;
  /** Of One Zone storage. */
  availabilityZoneName?: string;
  overwriteProtection: ReplicationOverwriteProtection;
  /** As it was given. */
  policy?: string;
  /** Whether a backup policy was put; it can only be DISABLED. */
  hasBackupPolicy: boolean;
  tags: Tag[];
}

export interface MountTargetRecord {
  mountTargetId: string;
  fileSystemId: string;
  state: LifeCycleState;
  vpcId: string;
  subnetId: string;
  availabilityZone: string;
  availabilityZoneId: string;
  interfaceId: string;
  ipAddress: string;
}

export interface AccessPointRecord {
  accessPointId: string;
  clientToken: string;
  fileSystemId: string;
  posixUser?: { uid: number; gid: number; secondaryGids: number[] };
  rootPath: string;
  creationInfo?: { ownerUid: number; ownerGid: number; permissions: string };
  tags: Tag[];
}

/** One document in each scope, by the id `account`. */
export interface PreferencesRecord {
  resourceIdType: "LONG_ID";
}
