import {
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DescribeLogGroupsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { DescribeSecurityGroupsCommand, DescribeVpcsCommand } from "@aws-sdk/client-ec2";
import { DescribeRepositoriesCommand } from "@aws-sdk/client-ecr";
import {
  CreateClusterCommand,
  CreateServiceCommand,
  DeleteClusterCommand,
  DeleteServiceCommand,
  DeregisterTaskDefinitionCommand,
  ListClustersCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  type RegisterTaskDefinitionRequest,
} from "@aws-sdk/client-ecs";
import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { attempt } from "../support/command.ts";
import { TestEngine } from "../support/engine.ts";
import { allowTcp, Fargate } from "../support/fargate.ts";
import { ec2Errors } from "./error-cases/ec2.ts";
import { ecrErrors } from "./error-cases/ecr.ts";
import { ecsErrors } from "./error-cases/ecs.ts";
import { NO_GROUP, type Clients, type Made } from "./error-cases/error-case.ts";
import { logsErrors } from "./error-cases/logs.ts";

let engine: TestEngine;
let aws: Clients;
let made: Made;
beforeAll(async () => {
  engine = await TestEngine.start(["--compute", "simulated"]);
  const fargate = await Fargate.prepare(engine);
  aws = fargate.clients;
  const groupId = await fargate.securityGroup("web", [allowTcp(80)]);
  const { SecurityGroups } = await aws.ec2.send(
    new DescribeSecurityGroupsCommand({ Filters: [{ Name: "group-name", Values: ["default"] }] }),
  );
  const { GroupId, VpcId } = SecurityGroups![0]!;
  made = { subnetId: fargate.subnetIds[0]!, vpcId: VpcId!, defaultGroupId: GroupId!, groupId };
  await fargate.pushBusybox("full");
  await aws.logs.send(new CreateLogGroupCommand({ logGroupName: "/errors" }));
  await aws.logs.send(new CreateLogStreamCommand({ logGroupName: "/errors", logStreamName: "one" }));
  await makeDefinitions();
  await makeClusters();
});
afterAll(() => engine?.stop());

/** The families `web`, `bridge`, which is not for Fargate, and `old`, whose only revision was deregistered. */
async function makeDefinitions(): Promise<void> {
  const fargate: Partial<RegisterTaskDefinitionRequest> = {
    networkMode: "awsvpc",
    requiresCompatibilities: ["FARGATE"],
    cpu: "256",
    memory: "512",
  };
  const container = { name: "app", image: "busybox", memory: 128 };
  for (const [family, more] of [
    ["web", fargate],
    ["old", fargate],
    ["bridge", {}],
  ] as const)
    await aws.ecs.send(new RegisterTaskDefinitionCommand({ family, containerDefinitions: [container], ...more }));
  await aws.ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition: "old:1" }));
}

/**
 * The clusters `errors`, with the services `busy` and `ended`, which was deleted; `tasks`, with a task; and `gone`, which
 * was deleted.
 */
async function makeClusters(): Promise<void> {
  const network = { awsvpcConfiguration: { subnets: [made.subnetId], securityGroups: [made.groupId] } };
  const launch = { taskDefinition: "web", launchType: "FARGATE" as const, networkConfiguration: network };
  for (const clusterName of ["errors", "tasks", "gone"]) await aws.ecs.send(new CreateClusterCommand({ clusterName }));
  await aws.ecs.send(new DeleteClusterCommand({ cluster: "gone" }));
  for (const [serviceName, desiredCount] of [
    ["busy", 1],
    ["ended", 0],
  ] as const)
    await aws.ecs.send(new CreateServiceCommand({ cluster: "errors", serviceName, desiredCount, ...launch }));
  await aws.ecs.send(new DeleteServiceCommand({ cluster: "errors", service: "ended" }));
  await aws.ecs.send(new RunTaskCommand({ cluster: "tasks", ...launch }));
}

describe.each([
  ["ECS", ecsErrors],
  ["EC2", ec2Errors],
  ["ECR", ecrErrors],
  ["Logs", logsErrors],
])("%s refuses:", (_, cases) => {
  for (const { when, send, code, message, status = 400 } of cases)
    test(when, async () => {
      await expect(send(aws, made)).rejects.toMatchObject({
        name: code,
        message: typeof message === "string" ? message : message(made),
        $metadata: { httpStatusCode: status },
      });
    });
});

describe("a caller who is not known is refused by", () => {
  const invalidToken = "The security token included in the request is invalid.";
  const wrongSignature =
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.";
  const notValidated = "AWS was not able to validate the provided access credentials";
  const json = {
    unknown: { name: "UnrecognizedClientException", message: invalidToken, status: 400 },
    wrong: { name: "InvalidSignatureException", message: wrongSignature, status: 400 },
  };
  const query = {
    unknown: { name: "InvalidClientTokenId", message: invalidToken, status: 403 },
    wrong: { name: "SignatureDoesNotMatch", message: wrongSignature, status: 403 },
  };
  const ec2 = {
    unknown: { name: "AuthFailure", message: notValidated, status: 401 },
    wrong: { name: "SignatureDoesNotMatch", message: wrongSignature, status: 403 },
  };
  test.each([
    ["ECS", (strange: Clients) => strange.ecs.send(new ListClustersCommand({})), json],
    ["ECR", (strange: Clients) => strange.ecr.send(new DescribeRepositoriesCommand({})), json],
    ["Logs", (strange: Clients) => strange.logs.send(new DescribeLogGroupsCommand({})), json],
    ["EC2", (strange: Clients) => strange.ec2.send(new DescribeVpcsCommand({})), ec2],
    ["STS", (strange: Clients) => strange.sts.send(new GetCallerIdentityCommand({})), query],
  ])("%s", async (_, send, answers) => {
    const { accessKeyId, secretAccessKey } = engine.credentials;
    for (const [credentials, { name, message, status }] of [
      [{ accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey }, answers.unknown],
      [{ accessKeyId, secretAccessKey: `${secretAccessKey}x` }, answers.wrong],
    ] as const)
      await expect(send(engine.clients(credentials))).rejects.toMatchObject({
        name,
        message,
        $metadata: { httpStatusCode: status },
      });
  });
});

test.each([
  [
    ["ecs", "describe-services", "--cluster", "none", "--services", "web"],
    "(ClusterNotFoundException) when calling the DescribeServices operation: Cluster not found.",
  ],
  [
    ["ec2", "describe-security-groups", "--group-ids", NO_GROUP],
    `(InvalidGroup.NotFound) when calling the DescribeSecurityGroups operation: The security group '${NO_GROUP}' does not exist`,
  ],
  [
    ["ecr", "describe-images", "--repository-name", "none"],
    "(RepositoryNotFoundException) when calling the DescribeImages operation: The repository with name 'none' does not exist in the registry with id '000000000000'",
  ],
  [
    ["logs", "tail", "/none"],
    "(ResourceNotFoundException) when calling the FilterLogEvents operation: The specified log group does not exist.",
  ],
])("the AWS CLI shows the error of %j", async (args, message) => {
  const ended = await attempt("/usr/bin/aws", ["--endpoint-url", engine.endpoint, ...args], { env: engine.env });
  expect(ended).toEqual({ code: 254, stdout: "", stderr: `\nAn error occurred ${message}\n` });
});
