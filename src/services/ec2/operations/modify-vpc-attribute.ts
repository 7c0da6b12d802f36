import type { ModifyVpcAttributeRequest } from "@aws-sdk/client-ec2";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { oneAttribute } from "../attributes.ts";
import type { Ec2 } from "../ec2.ts";
import { invalidParameterCombination, unsupported } from "../errors.ts";
import { existing } from "../existing.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyVpcAttribute.html */
export function modifyVpcAttribute(ec2: Ec2) {
  return async (input: ModifyVpcAttributeRequest, { scope }: RequestContext): Promise<object> => {
    const { EnableDnsHostnames, EnableDnsSupport, EnableNetworkAddressUsageMetrics } = input;
    oneAttribute({
      enableDnsHostnames: EnableDnsHostnames,
      enableDnsSupport: EnableDnsSupport,
      enableNetworkAddressUsageMetrics: EnableNetworkAddressUsageMetrics,
    });
    if (EnableNetworkAddressUsageMetrics?.Value) throw unsupported("Network Address Usage metrics");
    await ec2.ensureRegion(scope);
    const { vpcId } = await ec2.store.transaction(async () => {
      const vpc = await existing(ec2.records.vpcs, scope, "vpc", input.VpcId);
      if (EnableDnsHostnames?.Value && !vpc.enableDnsSupport)
        throw invalidParameterCombination("DNS hostnames can be enabled only if DNS support is enabled.");
      await ec2.records.vpcs.put(scopeKey(scope), vpc.vpcId, {
        ...vpc,
        enableDnsHostnames: EnableDnsHostnames?.Value ?? vpc.enableDnsHostnames,
        enableDnsSupport: EnableDnsSupport?.Value ?? vpc.enableDnsSupport,
      });
      return vpc;
    });
    await ec2.publishTopology(scope, vpcId);
    await ec2.publishInterfaces(scope, vpcId);
    return {};
  };
}
