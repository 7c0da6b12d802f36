import type { DescribeAccountAttributesRequest, DescribeAccountAttributesResult } from "@aws-sdk/client-ec2";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ec2 } from "../ec2.ts";
import { invalidParameterValue } from "../errors.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeAccountAttributes.html */
export function describeAccountAttributes(ec2: Ec2) {
  return async (
    { AttributeNames }: DescribeAccountAttributesRequest,
    { scope }: RequestContext,
  ): Promise<DescribeAccountAttributesResult> => {
    const vpc = await ec2.defaultVpc(scope);
    const attributes: [string, string][] = [
      ["supported-platforms", "VPC"],
      ["default-vpc", vpc?.vpcId ?? "none"],
      // No instances are run here: the number is AWS's default.
      ["max-instances", "20"],
      ["vpc-max-security-groups-per-interface", "5"],
      ["max-elastic-ips", "5"],
      ["vpc-max-elastic-ips", "5"],
    ];
    // The SDK's type knows two of the names alone.
    const asked: readonly string[] = AttributeNames?.length ? AttributeNames : attributes.map(([name]) => name);
    const unknown = asked.find((name) => !attributes.some(([known]) => known === name));
    if (unknown !== undefined)
      throw invalidParameterValue(
        `Value (${unknown}) for parameter attributeName is invalid. Unknown account attribute.`,
      );
    return {
      AccountAttributes: attributes
        .filter(([name]) => asked.includes(name))
        .map(([AttributeName, AttributeValue]) => ({
          AttributeName,
          AttributeValues: [{ AttributeValue }],
        })),
    };
  };
}
