import type { AssociateAddressRequest, AssociateAddressResult } from "@aws-sdk/client-ec2";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ec2 } from "../ec2.ts";
import { elasticAddress, selectedAddresses } from "../elastic-addresses.ts";
import { instanceNotFound, invalidParameterCombination, managedByService, missingParameter } from "../errors.ts";
import { existing } from "../existing.ts";

/**
 * Refuses, always: every interface here belongs to an AWS service, as those of Fargate tasks, NAT gateways and VPC
 * endpoints do on AWS. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateAddress.html
 */
export function associateAddress(ec2: Ec2) {
  return async (
    { AllocationId, PublicIp, InstanceId, NetworkInterfaceId }: AssociateAddressRequest,
    { scope }: RequestContext,
  ): Promise<AssociateAddressResult> => {
    if (AllocationId !== undefined && PublicIp !== undefined)
      throw invalidParameterCombination("You may specify public IP or allocation id, but not both in the same call");
    if (AllocationId !== undefined) await elasticAddress(ec2, scope, AllocationId);
    else if (PublicIp !== undefined)
      selectedAddresses(await ec2.records.elasticAddresses.list(scopeKey(scope)), undefined, [PublicIp]);
    else throw missingParameter("Either public IP or allocation id must be specified");
    if (InstanceId !== undefined) throw instanceNotFound(InstanceId);
    if (NetworkInterfaceId === undefined)
      throw invalidParameterCombination("Either instance ID or network interface id must be specified");
    await existing(ec2.records.interfaces, scope, "eni", NetworkInterfaceId);
    throw managedByService();
  };
}
