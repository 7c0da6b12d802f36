import type { ModifyNetworkInterfaceAttributeRequest } from "@aws-sdk/client-ec2";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ec2 } from "../ec2.ts";
import { managedByService } from "../errors.ts";
import { existing } from "../existing.ts";

/**
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyNetworkInterfaceAttribute.html: every interface here
 * is managed by the service that made it.
 */
export function modifyNetworkInterfaceAttribute(ec2: Ec2) {
  return async (input: ModifyNetworkInterfaceAttributeRequest, { scope }: RequestContext): Promise<never> => {
    await existing(ec2.records.interfaces, scope, "eni", input.NetworkInterfaceId);
    throw managedByService();
  };
}
