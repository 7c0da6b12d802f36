import type { ModifyNetworkInterfaceAttributeRequest } from "@aws-sdk/client-ec2";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ec2 } from "../ec2.ts";
import { managedByService } from "../errors/vpcs.ts";
import { interfaceById } from "../interfaces.ts";

/**
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyNetworkInterfaceAttribute.html: every interface here
 * is managed by the service that made it.
 */
export function modifyNetworkInterfaceAttribute(ec2: Ec2) {
  return async (input: ModifyNetworkInterfaceAttributeRequest, { scope }: RequestContext): Promise<never> => {
    await interfaceById(ec2, scope, input.NetworkInterfaceId);
    throw managedByService();
  };
}
