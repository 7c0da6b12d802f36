import type { DescribeVpcAttributeRequest, DescribeVpcAttributeResult } from "@aws-sdk/client-ec2";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ec2 } from "../ec2.ts";
import { existing } from "../existing.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcAttribute.html */
export function describeVpcAttribute(ec2: Ec2) {
  return async (
    { VpcId, Attribute }: DescribeVpcAttributeRequest,
    { scope }: RequestContext,
  ): Promise<DescribeVpcAttributeResult> => {
    await ec2.ensureRegion(scope);
    const vpc = await existing(ec2.records.vpcs, scope, "vpc", VpcId);
    switch (Attribute) {
      case "enableDnsSupport":
        return { VpcId, EnableDnsSupport: { Value: vpc.enableDnsSupport } };
      case "enableDnsHostnames":
        return { VpcId, EnableDnsHostnames: { Value: vpc.enableDnsHostnames } };
      default:
        return { VpcId, EnableNetworkAddressUsageMetrics: { Value: false } };
    }
  };
}
