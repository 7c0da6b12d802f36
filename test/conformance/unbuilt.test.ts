import { GetQueryResultsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { RunInstancesCommand } from "@aws-sdk/client-ec2";
import { GetLifecyclePolicyCommand } from "@aws-sdk/client-ecr";
import { AssumeRoleWithSAMLCommand } from "@aws-sdk/client-sts";
import { cbor } from "@smithy/core/cbor";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { attempt } from "../support/command.ts";
import { TestEngine } from "../support/engine.ts";

/* What is not built says so, in the form that the client reads: it is never taken for a success or for a fault of the network. */

let engine: TestEngine;
let aws: ReturnType<TestEngine["clients"]>;
beforeAll(async () => {
  // What is sent by hand below is not signed.
  engine = await TestEngine.start(["--compute", "simulated", "--auth", "off"]);
  aws = engine.clients();
});
afterAll(() => engine?.stop());

const SAML = {
  RoleArn: "arn:aws:iam::000000000000:role/app",
  PrincipalArn: "arn:aws:iam::000000000000:saml-provider/app",
  SAMLAssertion: "assertion",
};

describe("an operation", () => {
  test.each([
    [
      "ecr:GetLifecyclePolicy",
      "UnknownOperationException",
      () => aws.ecr.send(new GetLifecyclePolicyCommand({ repositoryName: "web" })),
    ],
    [
      "logs:GetQueryResults",
      "UnknownOperationException",
      () => aws.logs.send(new GetQueryResultsCommand({ queryId: "1" })),
    ],
    ["sts:AssumeRoleWithSAML", "InvalidAction", () => aws.sts.send(new AssumeRoleWithSAMLCommand(SAML))],
    [
      "ec2:RunInstances",
      "InvalidAction",
      () => aws.ec2.send(new RunInstancesCommand({ ImageId: "ami-1", MinCount: 1, MaxCount: 1 })),
    ],
  ])("%s, to the SDK", async (operation, code, send) => {
    const action = operation.split(":")[1];
    await expect(send()).rejects.toMatchObject({
      name: code,
      message: `The action ${action} is not valid for this web service. (${operation} is not built in Neargate yet)`,
      $metadata: { httpStatusCode: 400, requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) },
    });
  });

  test("that AWS does not have either", async () => {
    const { status, headers, body } = await post(
      { "content-type": "application/x-amz-json-1.1", "x-amz-target": "AmazonEC2ContainerServiceV20141113.Fly" },
      "{}",
    );
    expect([status, headers.get("content-type")]).toEqual([400, "application/x-amz-json-1.1"]);
    expect(JSON.parse(body)).toEqual({
      __type: "UnknownOperationException",
      message: "The action Fly is not valid for this web service.",
    });
  });

  test("of a query service, in XML", async () => {
    const { status, headers, body } = await post(FORM, "Action=AssumeRoleWithSAML&Version=2011-06-15");
    expect([status, headers.get("content-type")]).toEqual([400, "text/xml;charset=UTF-8"]);
    expect(body).toContain(
      '<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>InvalidAction</Code><Message>The action AssumeRoleWithSAML is not valid',
    );
    expect(body).toContain(`<RequestId>${headers.get("x-amzn-requestid")}</RequestId></ErrorResponse>`);
  });

  test("of EC2, in its XML", async () => {
    const { status, headers, body } = await post(FORM, "Action=RunInstances&Version=2016-11-15");
    expect([status, headers.get("content-type")]).toEqual([400, "text/xml;charset=UTF-8"]);
    expect(body).toContain(
      "<Response><Errors><Error><Code>InvalidAction</Code><Message>The action RunInstances is not valid",
    );
    expect(body).toContain(`<RequestID>${headers.get("x-amzn-requestid")}</RequestID></Response>`);
  });
});

const FORM = { "content-type": "application/x-www-form-urlencoded" };

async function post(headers: Record<string, string>, body: string) {
  const answer = await fetch(engine.endpoint, { method: "POST", headers, body });
  return { status: answer.status, headers: answer.headers, body: await answer.text() };
}

describe("a service that is not built", () => {
  // What the CLI shows is what it read of the answer.
  test.each([
    ["of JSON", ["dynamodb", "list-tables"], "ListTables", "dynamodb"],
    ["of REST and JSON", ["lambda", "list-functions"], "ListFunctions", "lambda"],
    ["of REST and XML", ["route53", "list-hosted-zones"], "ListHostedZones", "route53"],
    ["of queries", ["sns", "list-topics"], "ListTopics", "sns"],
  ])("%s, to the AWS CLI", async (_, args, operation, service) => {
    const ended = await attempt("/usr/bin/aws", ["--endpoint-url", engine.endpoint, ...args], { env: engine.env });
    expect(ended).toEqual({
      code: 254,
      stdout: "",
      stderr: `\nAn error occurred (NotImplemented) when calling the ${operation} operation: The service ${service} is not built in Neargate yet.\n`,
    });
  });

  test("of CBOR", async () => {
    const path = "service/ArcRegionSwitch/operation/ListPlans";
    const answer = await fetch(`${engine.endpoint}/${path}`, {
      method: "POST",
      headers: {
        "content-type": "application/cbor",
        "smithy-protocol": "rpc-v2-cbor",
        authorization:
          "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260101/us-east-1/arc-region-switch/aws4_request, SignedHeaders=host, Signature=00",
      },
    });
    expect(answer.status).toBe(501);
    expect(answer.headers.get("smithy-protocol")).toBe("rpc-v2-cbor");
    expect(cbor.deserialize(new Uint8Array(await answer.arrayBuffer()))).toMatchObject({
      __type: expect.stringMatching(/(^|#)NotImplemented$/),
      message: "The service arc-region-switch is not built in Neargate yet.",
    });
  });
});
