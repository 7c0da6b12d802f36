import { createHash } from "node:crypto";

/**
 * The services that interface endpoints lead to: the name behind `com.amazonaws.REGION.`, what stands before the Region
 * in the endpoint's own names, and the name that clients use without an endpoint.
 * https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html
 */
const SERVICES = [
  { name: "cloudtrail", own: "cloudtrail", host: "cloudtrail" },
  { name: "data-servicediscovery", own: "data-servicediscovery", host: "data-servicediscovery" },
  { name: "ec2", own: "ec2", host: "ec2" },
  { name: "ecr.api", own: "api.ecr", host: "api.ecr" },
  { name: "ecr.dkr", own: "dkr.ecr", host: "*.dkr.ecr" },
  { name: "ecs", own: "ecs", host: "ecs" },
  { name: "ecs-agent", own: "ecs-a", host: "ecs-a" },
  { name: "ecs-telemetry", own: "ecs-t", host: "ecs-t" },
  { name: "elasticfilesystem", own: "elasticfilesystem", host: "elasticfilesystem" },
  { name: "kms", own: "kms", host: "kms" },
  { name: "logs", own: "logs", host: "logs" },
  { name: "monitoring", own: "monitoring", host: "monitoring" },
  { name: "secretsmanager", own: "secretsmanager", host: "secretsmanager" },
  { name: "servicediscovery", own: "servicediscovery", host: "servicediscovery" },
  { name: "ssm", own: "ssm", host: "ssm" },
  { name: "sts", own: "sts", host: "sts" },
];

/** A service that an endpoint can be made for. */
export interface EndpointService {
  /** `com.amazonaws.us-east-1.ecs` */
  serviceName: string;
  /** `vpce-svc-` and 17 hexadecimal digits. */
  serviceId: string;
  /** What its endpoints' own names end with: `ecs.us-east-1.vpce.amazonaws.com`. */
  baseName: string;
  /** What clients ask for, perhaps with a wildcard: `ecs.us-east-1.amazonaws.com`. */
  privateDnsName: string;
}

/** The services of a Region, by name. */
export function endpointServices(region: string): EndpointService[] {
  return SERVICES.map(({ name, own, host }) => {
    const serviceName = `com.amazonaws.${region}.${name}`;
    return {
      serviceName,
      serviceId: `vpce-svc-0${createHash("sha256").update(serviceName).digest("hex").slice(0, 16)}`,
      baseName: `${own}.${region}.vpce.amazonaws.com`,
      privateDnsName: `${host}.${region}.amazonaws.com`,
    };
  });
}

/** The service with that name, if it is one. */
export function endpointService(region: string, serviceName: string): EndpointService | undefined {
  return endpointServices(region).find((service) => service.serviceName === serviceName);
}
