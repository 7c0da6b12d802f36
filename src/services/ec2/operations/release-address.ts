import type { ReleaseAddressRequest } from "@aws-sdk/client-ec2";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { freeAddress, PUBLIC } from "../addresses.ts";
import type { Ec2 } from "../ec2.ts";
import { elasticAddress } from "../elastic-addresses.ts";
import { invalidParameterCombination, invalidParameterValue, managedByService, missingParameter } from "../errors.ts";
import { addressNotFound } from "../errors/routing.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ReleaseAddress.html */
export function releaseAddress(ec2: Ec2) {
  return async (
    { AllocationId, PublicIp, NetworkBorderGroup }: ReleaseAddressRequest,
    { scope }: RequestContext,
  ): Promise<object> => {
    if (AllocationId !== undefined && PublicIp !== undefined)
      throw invalidParameterCombination("You may specify public IP or allocation id, but not both in the same call");
    if (PublicIp !== undefined)
      throw invalidParameterValue("You must specify an allocation id when releasing a VPC elastic IP address");
    if (AllocationId === undefined) throw missingParameter("Either public IP or allocation id must be specified");
    await ec2.store.transaction(async () => {
      const { associationId, publicIp } = await elasticAddress(ec2, scope, AllocationId);
      if ((NetworkBorderGroup ?? scope.region) !== scope.region) throw addressNotFound(publicIp);
      // Only NAT gateways have elastic addresses, and their associations are AWS's own.
      if (associationId !== undefined) throw managedByService();
      await ec2.records.elasticAddresses.delete(scopeKey(scope), AllocationId);
      await freeAddress(ec2.records, PUBLIC, publicIp);
    });
    return {};
  };
}
