import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  DeleteSecurityGroupCommand,
  DescribeNetworkInterfacesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
  type IpPermission,
} from "@aws-sdk/client-ec2";
import { NO_GROUP, type ErrorCase } from "./error-case.ts";

function tcp(port: number, CidrIp = "0.0.0.0/0"): IpPermission[] {
  return [{ IpProtocol: "tcp", FromPort: port, ToPort: port, IpRanges: [{ CidrIp }] }];
}

export const ec2Errors: ErrorCase[] = [
  {
    when: "DescribeVpcs names none that exists",
    send: ({ ec2 }) => ec2.send(new DescribeVpcsCommand({ VpcIds: ["vpc-00000000000000000"] })),
    code: "InvalidVpcID.NotFound",
    message: "The vpc ID 'vpc-00000000000000000' does not exist",
  },
  {
    when: "DescribeSubnets names none that exists",
    send: ({ ec2 }) => ec2.send(new DescribeSubnetsCommand({ SubnetIds: ["subnet-00000000000000000"] })),
    code: "InvalidSubnetID.NotFound",
    message: "The subnet ID 'subnet-00000000000000000' does not exist",
  },
  {
    when: "DescribeSubnets has a filter that does not exist",
    send: ({ ec2 }) => ec2.send(new DescribeSubnetsCommand({ Filters: [{ Name: "colour", Values: ["red"] }] })),
    code: "InvalidParameterValue",
    message: "The filter 'colour' is invalid",
  },
  {
    when: "DescribeSubnets is a dry run",
    send: ({ ec2 }) => ec2.send(new DescribeSubnetsCommand({ DryRun: true })),
    code: "DryRunOperation",
    message: "Request would have succeeded, but DryRun flag is set.",
    status: 412,
  },
  {
    when: "DescribeNetworkInterfaces names none that exists",
    send: ({ ec2 }) =>
      ec2.send(new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: ["eni-00000000000000000"] })),
    code: "InvalidNetworkInterfaceID.NotFound",
    message: "The networkInterface ID 'eni-00000000000000000' does not exist",
  },
  {
    when: "DescribeSecurityGroups names none that exists",
    send: ({ ec2 }) => ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: [NO_GROUP] })),
    code: "InvalidGroup.NotFound",
    message: `The security group '${NO_GROUP}' does not exist`,
  },
  {
    when: "CreateSecurityGroup has the name of another",
    send: ({ ec2 }) => ec2.send(new CreateSecurityGroupCommand({ GroupName: "web", Description: "again" })),
    code: "InvalidGroup.Duplicate",
    message: ({ vpcId }) => `The security group 'web' already exists for VPC '${vpcId}'`,
  },
  {
    when: "CreateSecurityGroup is for no VPC that exists",
    send: ({ ec2 }) =>
      ec2.send(
        new CreateSecurityGroupCommand({ GroupName: "lost", Description: "lost", VpcId: "vpc-00000000000000000" }),
      ),
    code: "InvalidVpcID.NotFound",
    message: "The vpc ID 'vpc-00000000000000000' does not exist",
  },
  {
    when: "CreateSecurityGroup says no name",
    send: ({ ec2 }) => ec2.send(new CreateSecurityGroupCommand({ Description: "nameless", GroupName: undefined })),
    code: "MissingParameter",
    message: "The request must contain the parameter GroupName",
  },
  {
    when: "AuthorizeSecurityGroupIngress has a rule that is there",
    send: ({ ec2 }, { groupId }) =>
      ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: groupId, IpPermissions: tcp(80) })),
    code: "InvalidPermission.Duplicate",
    message: 'the specified rule "peer: 0.0.0.0/0, TCP, from port: 80, to port: 80, ALLOW" already exists',
  },
  {
    when: "AuthorizeSecurityGroupIngress has no CIDR block",
    send: ({ ec2 }, { groupId }) =>
      ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: groupId, IpPermissions: tcp(81, "10.0.0/8") })),
    code: "InvalidParameterValue",
    message: "CIDR block 10.0.0/8 is malformed",
  },
  {
    when: "AuthorizeSecurityGroupIngress has a port that does not exist",
    send: ({ ec2 }, { groupId }) =>
      ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: groupId, IpPermissions: tcp(70000) })),
    code: "InvalidParameterValue",
    message: "TCP/UDP (from) port (70000) out of range",
  },
  {
    when: "DeleteSecurityGroup names none that exists",
    send: ({ ec2 }) => ec2.send(new DeleteSecurityGroupCommand({ GroupId: NO_GROUP })),
    code: "InvalidGroup.NotFound",
    message: `The security group '${NO_GROUP}' does not exist`,
  },
  {
    when: "DeleteSecurityGroup names one that tasks have",
    send: ({ ec2 }, { groupId }) => ec2.send(new DeleteSecurityGroupCommand({ GroupId: groupId })),
    code: "DependencyViolation",
    message: ({ groupId }) => `resource ${groupId} has a dependent object`,
  },
  {
    when: "DeleteSecurityGroup names the VPC's own",
    send: ({ ec2 }, { defaultGroupId }) => ec2.send(new DeleteSecurityGroupCommand({ GroupId: defaultGroupId })),
    code: "CannotDelete",
    message: ({ defaultGroupId }) =>
      `the specified group: "${defaultGroupId}" name: "default" cannot be deleted by a user`,
  },
];
