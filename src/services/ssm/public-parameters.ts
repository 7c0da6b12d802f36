import type { GetParametersByPathResult, Parameter } from "@aws-sdk/client-ssm";
import { formatPageToken, readPageToken } from "../../base/page-token.ts";
import type { Scope } from "../../base/scope.ts";
import { invalidNextToken } from "./errors.ts";
import { isIn, type Listing } from "./listing.ts";
import { parameterArn } from "./names.ts";

const INFRASTRUCTURE = "/aws/service/global-infrastructure";
/** What the image of AWS for Fluent Bit is called where everybody may pull it. */
const FLUENT_BIT = "public.ecr.aws/aws-observability/aws-for-fluent-bit";
/** The names of services in AWS's list that Neargate has. */
const SERVICES = [
  "ec2",
  "ecr",
  "ecs",
  "efs",
  "fargate",
  "iam",
  "kms",
  "logs",
  "s3",
  "secretsmanager",
  "servicediscovery",
  "ssm",
  "sts",
];

/**
 * The public parameters that say something true of this engine. There are none of AMIs: there are no EC2 instances.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-public-parameters.html
 */
export function publicParameters(scope: Scope): Parameter[] {
  const { region } = scope;
  const values: Record<string, string> = {
    "/aws/service/aws-for-fluent-bit/latest": `${FLUENT_BIT}:latest`,
    "/aws/service/aws-for-fluent-bit/stable": `${FLUENT_BIT}:stable`,
    [`${INFRASTRUCTURE}/regions/${region}`]: region,
    [`${INFRASTRUCTURE}/regions/${region}/longName`]: region,
    [`${INFRASTRUCTURE}/regions/${region}/partition`]: "aws",
  };
  for (const service of SERVICES) {
    values[`${INFRASTRUCTURE}/services/${service}`] = service;
    values[`${INFRASTRUCTURE}/services/${service}/regions/${region}`] = region;
    values[`${INFRASTRUCTURE}/regions/${region}/services/${service}`] = service;
  }
  return Object.keys(values)
    .toSorted()
    .map((name) => ({
      Name: name,
      Type: "String",
      Value: values[name]!,
      Version: 1,
      LastModifiedDate: new Date(0),
      ARN: parameterArn(scope, name),
      DataType: "text",
    }));
}

export function publicParameter(scope: Scope, name: string): Parameter | undefined {
  return publicParameters(scope).find(({ Name }) => Name === name);
}

/** One page of the public parameters of a hierarchy. @throws AwsError InvalidNextToken */
export function publicPage(scope: Scope, { limit, token, ...hierarchy }: Listing): GetParametersByPathResult {
  const [after] = token === undefined ? [""] : (readPageToken("public parameters", token) ?? []);
  if (typeof after !== "string") throw invalidNextToken();
  const left = publicParameters(scope).filter(({ Name }) => isIn(Name!, hierarchy) && Name! > after);
  const shown = left.slice(0, limit);
  const next = left.length > shown.length ? formatPageToken("public parameters", [shown.at(-1)!.Name!]) : undefined;
  return { Parameters: shown, NextToken: next };
}
