import type { ServiceDefinition } from "./service.ts";
import { defineService } from "./service.ts";
import { AwsError } from "../base/errors.ts";
import { parameterWording } from "./violation-wording.ts";
import ecrBounds from "../../generated/bounds/ecr.json" with { type: "json" };
import ecsBounds from "../../generated/bounds/ecs.json" with { type: "json" };
import ec2Bounds from "../../generated/bounds/ec2.json" with { type: "json" };
import logsBounds from "../../generated/bounds/logs.json" with { type: "json" };

/** ECS with operations that give back what they got, for tests of the wire. */
export function testEcs(): ServiceDefinition {
  return defineService<typeof import("@aws-sdk/client-ecs")>(
    {
      name: "ecs",
      signingName: "ecs",
      protocols: ["awsJson1_1", "rpcv2Cbor"],
      targetPrefix: "AmazonEC2ContainerServiceV20141113",
      version: "2014-11-13",
      validationErrorCode: "InvalidParameterException",
      sdk: () => import("@aws-sdk/client-ecs"),
      bounds: async () => ecsBounds,
    },
    {
      RegisterTaskDefinition: async (input) => ({
        taskDefinition: { family: input.family, containerDefinitions: input.containerDefinitions },
        tags: input.tags,
      }),
      ListClusters: async (_input, { scope }) => ({
        clusterArns: [`arn:aws:ecs:${scope.region}:${scope.account}:cluster/default`],
      }),
      DescribeServices: async () => {
        throw new AwsError("ClusterNotFoundException", "Cluster not found.");
      },
      DescribeClusters: async () => {
        throw new TypeError("secret detail of the program");
      },
      RunTask: async (input) => ({ failures: [{ reason: JSON.stringify(input) }] }),
    },
  );
}

export function testEc2(): ServiceDefinition {
  return defineService<typeof import("@aws-sdk/client-ec2")>(
    {
      name: "ec2",
      signingName: "ec2",
      protocols: ["ec2Query"],
      version: "2016-11-15",
      xmlNamespace: "http://ec2.amazonaws.com/doc/2016-11-15/",
      validationErrorCode: "InvalidParameterValue",
      sdk: () => import("@aws-sdk/client-ec2"),
      bounds: async () => ec2Bounds,
    },
    {
      DescribeVpcs: async (input) => ({
        Vpcs: (input.VpcIds ?? []).map((VpcId) => ({
          VpcId,
          CidrBlock: "10.0.0.0/16",
          Tags: input.Filters?.map((filter) => ({ Key: filter.Name, Value: filter.Values?.join("|") })),
        })),
      }),
      CreateVpc: async (input) => ({ Vpc: { CidrBlock: input.CidrBlock, InstanceTenancy: input.InstanceTenancy } }),
      DeleteVpc: async () => {
        throw new AwsError("InvalidVpcID.NotFound", "The vpc ID 'vpc-0' does not exist");
      },
      DescribeSubnets: async () => {
        throw new TypeError("secret detail of the program");
      },
      DeleteSecurityGroup: async () => ({ Return: true }),
      AttachInternetGateway: async () => ({}),
    },
  );
}

export function testLogs(): ServiceDefinition {
  return defineService<typeof import("@aws-sdk/client-cloudwatch-logs")>(
    {
      name: "logs",
      signingName: "logs",
      protocols: ["awsJson1_1"],
      targetPrefix: "Logs_20140328",
      version: "2014-03-28",
      validationErrorCode: "InvalidParameterException",
      sdk: () => import("@aws-sdk/client-cloudwatch-logs"),
      bounds: async () => logsBounds,
    },
    {
      CreateLogGroup: async () => ({}),
      PutLogEvents: async (input) => ({ nextSequenceToken: String(input.logEvents?.length) }),
      DescribeLogStreams: async (input) => ({ logStreams: [{ logStreamName: input.logStreamNamePrefix }] }),
    },
  );
}

export function testEcr(): ServiceDefinition {
  return defineService<typeof import("@aws-sdk/client-ecr")>(
    {
      name: "ecr",
      signingName: "ecr",
      protocols: ["awsJson1_1"],
      targetPrefix: "AmazonEC2ContainerRegistry_V20150921",
      version: "2015-09-21",
      validationErrorCode: "InvalidParameterException",
      violationWording: parameterWording,
      sdk: () => import("@aws-sdk/client-ecr"),
      bounds: async () => ecrBounds,
    },
    { CreateRepository: async (input) => ({ repository: { repositoryName: input.repositoryName } }) },
  );
}
