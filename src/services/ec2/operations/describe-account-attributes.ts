import type { DescribeAccountAttributesRequest, DescribeAccountAttributesResult } from "@aws-sdk/client-ec2";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ec2 } from "../ec2.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeAccountAttributes.html: those that VPCs have to do with. */
export function describeAccountAttributes(ec2: Ec2) {
  return async (
    { AttributeNames }: DescribeAccountAttributesRequest,
    { scope }: RequestContext,
  ): Promise<DescribeAccountAttributesResult> => {
    const { vpcId } = await ec2.defaultVpc(scope);
    const attributes: [string, string][] = [
      ["supported-platforms", "VPC"],
      ["default-vpc", vpcId],
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
