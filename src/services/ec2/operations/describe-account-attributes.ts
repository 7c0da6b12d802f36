import type { DescribeAccountAttributesRequest, DescribeAccountAttributesResult } from "@aws-sdk/client-ec2";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ec2 } from "../ec2.ts";

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
    const asked = attributes.filter(([name]) => AttributeNames?.some((each) => each === name) ?? true);
    return {
      AccountAttributes: asked.map(([AttributeName, AttributeValue]) => ({
        AttributeName,
        AttributeValues: [{ AttributeValue }],
      })),
    };
  };
}
