import type { ModifySubnetAttributeRequest } from "@aws-sdk/client-ec2";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { oneAttribute } from "../attributes.ts";
import type { Ec2 } from "../ec2.ts";
import { invalidParameterValue, unsupported } from "../errors.ts";
import { existing } from "../existing.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifySubnetAttribute.html */
export function modifySubnetAttribute(ec2: Ec2) {
  return async (input: ModifySubnetAttributeRequest, { scope }: RequestContext): Promise<object> => {
    refuseUnsupported(input);
    await ec2.ensureRegion(scope);
    await ec2.store.transaction(async () => {
      const subnet = await existing(ec2.records.subnets, scope, "subnet", input.SubnetId);
      const assignIpv6 = input.AssignIpv6AddressOnCreation?.Value;
      if (assignIpv6 && !subnet.ipv6CidrBlock)
        throw invalidParameterValue(
          `Invalid value 'true' for assignIpv6AddressOnCreation. The subnet ${subnet.subnetId} has no IPv6 CIDR block.`,
        );
      await ec2.records.subnets.put(scopeKey(scope), subnet.subnetId, {
        ...subnet,
        assignIpv6AddressOnCreation: assignIpv6 ?? subnet.assignIpv6AddressOnCreation,
        mapPublicIpOnLaunch: input.MapPublicIpOnLaunch?.Value ?? subnet.mapPublicIpOnLaunch,
      });
    });
    return {};
  };
}

/** What is refused may be told to stay as it is. */
function refuseUnsupported(input: ModifySubnetAttributeRequest): void {
  const { MapCustomerOwnedIpOnLaunch, CustomerOwnedIpv4Pool, EnableLniAtDeviceIndex, ...single } = input;
  const { SubnetId: _, ...attributes } = single;
  oneAttribute({ ...attributes, MapCustomerOwnedIpOnLaunch, EnableLniAtDeviceIndex });
  if (MapCustomerOwnedIpOnLaunch?.Value || CustomerOwnedIpv4Pool !== undefined)
    throw unsupported("customer-owned addresses");
  if (EnableLniAtDeviceIndex !== undefined || input.DisableLniAtDeviceIndex?.Value)
    throw unsupported("local network interfaces");
  if (input.EnableDns64?.Value) throw unsupported("DNS64");
  if (input.PrivateDnsHostnameTypeOnLaunch === "resource-name") throw unsupported("resource-based host names");
  if (input.EnableResourceNameDnsARecordOnLaunch?.Value || input.EnableResourceNameDnsAAAARecordOnLaunch?.Value)
    throw unsupported("DNS records of resource-based host names");
}
