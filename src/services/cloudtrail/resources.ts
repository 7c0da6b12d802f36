/** A resource that an event is about. */
export interface EventResource {
  type: string;
  name: string;
}

/** Types of resources by the members that name them, as shown in events; of the same names in several services first. */
const TYPES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  cloudtrail: {},
  cloudwatch: { alarmName: "AWS::CloudWatch::Alarm", alarmNames: "AWS::CloudWatch::Alarm" },
  ec2: {
    allocationId: "AWS::EC2::EIP",
    groupId: "AWS::EC2::SecurityGroup",
    internetGatewayId: "AWS::EC2::InternetGateway",
    natGatewayId: "AWS::EC2::NatGateway",
    networkAclId: "AWS::EC2::NetworkAcl",
    networkInterfaceId: "AWS::EC2::NetworkInterface",
    routeTableId: "AWS::EC2::RouteTable",
    subnetId: "AWS::EC2::Subnet",
    volumeId: "AWS::EC2::Volume",
    vpcEndpointId: "AWS::EC2::VPCEndpoint",
    vpcId: "AWS::EC2::VPC",
  },
  ecr: { repositoryName: "AWS::ECR::Repository", repositoryArn: "AWS::ECR::Repository" },
  ecs: {
    cluster: "AWS::ECS::Cluster",
    clusterArn: "AWS::ECS::Cluster",
    clusterName: "AWS::ECS::Cluster",
    executionRoleArn: "AWS::IAM::Role",
    service: "AWS::ECS::Service",
    serviceArn: "AWS::ECS::Service",
    serviceName: "AWS::ECS::Service",
    task: "AWS::ECS::Task",
    taskArn: "AWS::ECS::Task",
    taskDefinition: "AWS::ECS::TaskDefinition",
    taskDefinitionArn: "AWS::ECS::TaskDefinition",
    taskRoleArn: "AWS::IAM::Role",
  },
  efs: {
    accessPointId: "AWS::EFS::AccessPoint",
    fileSystemId: "AWS::EFS::FileSystem",
    mountTargetId: "AWS::EFS::MountTarget",
  },
  iam: {
    accessKeyId: "AWS::IAM::AccessKey",
    groupName: "AWS::IAM::Group",
    instanceProfileName: "AWS::IAM::InstanceProfile",
    policyArn: "AWS::IAM::Policy",
    policyName: "AWS::IAM::Policy",
    roleName: "AWS::IAM::Role",
    userName: "AWS::IAM::User",
  },
  kms: { aliasName: "AWS::KMS::Alias", keyId: "AWS::KMS::Key", keyArn: "AWS::KMS::Key" },
  logs: { logGroupName: "AWS::Logs::LogGroup", logStreamName: "AWS::Logs::LogStream" },
  s3: { bucket: "AWS::S3::Bucket" },
  secretsmanager: {
    aRN: "AWS::SecretsManager::Secret",
    name: "AWS::SecretsManager::Secret",
    secretId: "AWS::SecretsManager::Secret",
  },
  servicediscovery: {
    namespaceId: "AWS::ServiceDiscovery::Namespace",
    serviceId: "AWS::ServiceDiscovery::Service",
  },
  ssm: { name: "AWS::SSM::Parameter", names: "AWS::SSM::Parameter" },
  sts: { roleArn: "AWS::IAM::Role", roleSessionName: "AWS::STS::AssumedRole" },
};

/** Deeper there is nothing that a call is about. */
const DEPTH = 3;
const MOST = 20;

/** ARNs of the keys that KMS used, which its answer names also where the caller named an alias, or none. */
export function keysUsed(service: string, output: unknown): string[] {
  if (service !== "kms" || typeof output !== "object" || output === null) return [];
  const { KeyId, SourceKeyId, KeyMetadata } = output as { [member: string]: unknown };
  const arns = [SourceKeyId, KeyId, (KeyMetadata as { Arn?: unknown } | undefined)?.Arn];
  return [...new Set(arns)].filter((arn) => typeof arn === "string" && arn.startsWith("arn:")) as string[];
}

/** The resources that a call names in its input or its output, as they are shown in its event. */
export function resourcesOf(service: string, ...shown: unknown[]): EventResource[] {
  const types = TYPES[service];
  if (!types) return [];
  const found = new Map<string, EventResource>();
  const add = (type: string, value: unknown) => {
    for (const name of Array.isArray(value) ? value : [value])
      if (typeof name === "string" && name && found.size < MOST) found.set(`${type} ${name}`, { type, name });
  };
  const walk = (value: unknown, depth: number) => {
    if (typeof value !== "object" || value === null || depth > DEPTH) return;
    if (Array.isArray(value)) for (const item of value) walk(item, depth + 1);
    else
      for (const [name, held] of Object.entries(value)) {
        const type = types[name];
        if (type) add(type, held);
        walk(held, depth + 1);
      }
  };
  for (const value of shown) walk(value, 0);
  return [...found.values()];
}
