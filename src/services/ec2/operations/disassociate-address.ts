import type { DisassociateAddressRequest } from "@aws-sdk/client-ec2";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ec2 } from "../ec2.ts";
import { invalidParameterCombination, invalidParameterValue, managedByService, missingParameter } from "../errors.ts";
import { associationNotFound } from "../errors/routing.ts";

/**
 * Refuses, always: the associations that there are belong to NAT gateways and Fargate tasks, and end with these.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DisassociateAddress.html
 */
export function disassociateAddress(ec2: Ec2) {
  return async (
    { AssociationId, PublicIp }: DisassociateAddressRequest,
    { scope }: RequestContext,
  ): Promise<object> => {
    if (AssociationId !== undefined && PublicIp !== undefined)
      throw invalidParameterCombination("You may specify public IP or association id, but not both in the same call");
    if (PublicIp !== undefined)
      throw invalidParameterValue("You must specify an association id when unmapping an address from a VPC instance");
    if (AssociationId === undefined) throw missingParameter("Either public IP or association id must be specified");
    const interfaces = await ec2.records.interfaces.list(scopeKey(scope));
    if (!interfaces.some((each) => each.publicAssociationId === AssociationId))
      throw associationNotFound(AssociationId);
    throw managedByService();
  };
}
