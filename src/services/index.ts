import type { ServiceDefinition } from "../wire/service.ts";
import type { CloudTrail } from "./cloudtrail/cloudtrail.ts";
import { cloudTrailService } from "./cloudtrail/service.ts";
import type { CloudWatch } from "./cloudwatch/cloudwatch.ts";
import { cloudWatchService } from "./cloudwatch/service.ts";
import type { Ec2 } from "./ec2/ec2.ts";
import { ec2Service } from "./ec2/service.ts";
import type { Ecr } from "./ecr/ecr.ts";
import { ecrService } from "./ecr/service.ts";
import type { Ecs } from "./ecs/ecs.ts";
import { ecsService } from "./ecs/service.ts";
import type { Efs } from "./efs/efs.ts";
import { efsService } from "./efs/service.ts";
import type { Iam } from "./iam/iam.ts";
import { iamService } from "./iam/service.ts";
import type { Kms } from "./kms/kms.ts";
import { kmsService } from "./kms/service.ts";
import type { Logs } from "./logs/logs.ts";
import { logsService } from "./logs/service.ts";
import type { SecretsManager } from "./secretsmanager/secrets-manager.ts";
import { secretsManagerService } from "./secretsmanager/service.ts";
import { serviceDiscoveryService } from "./servicediscovery/service.ts";
import type { ServiceDiscovery } from "./servicediscovery/service-discovery.ts";
import type { S3 } from "./s3/s3.ts";
import { s3Service } from "./s3/service.ts";
import { ssmService } from "./ssm/service.ts";
import type { Ssm } from "./ssm/ssm.ts";
import { stsService } from "./sts/service.ts";
import type { Sts } from "./sts/sts.ts";

/** What the services are made from. */
export interface ServiceParts {
  trail: CloudTrail;
  cloudwatch: CloudWatch;
  ec2: Ec2;
  ecr: Ecr;
  ecs: Ecs;
  efs: Efs;
  iam: Iam;
  kms: Kms;
  logs: Logs;
  discovery: ServiceDiscovery;
  s3: S3;
  secretsManager: SecretsManager;
  ssm: Ssm;
  sts: Sts;
}

/** Every AWS service that Neargate answers. */
export function allServices(parts: ServiceParts): ServiceDefinition[] {
  return [
    cloudTrailService(parts.trail),
    cloudWatchService(parts.cloudwatch),
    ec2Service(parts.ec2),
    ecrService(parts.ecr),
    ecsService(parts.ecs),
    efsService(parts.efs),
    iamService(parts.iam),
    kmsService(parts.kms),
    logsService(parts.logs),
    secretsManagerService(parts.secretsManager),
    serviceDiscoveryService(parts.discovery),
    s3Service(parts.s3),
    ssmService(parts.ssm),
    stsService(parts.sts),
  ];
}
