import type { DeleteNetworkInterfaceRequest } from "@aws-sdk/client-ec2";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ec2 } from "../ec2.ts";
import { interfaceInUse } from "../errors/vpcs.ts";
import { existing } from "../existing.ts";

/**
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteNetworkInterface.html: every interface here is in use
 * until the service that made it deletes it.
 */
export function deleteNetworkInterface(ec2: Ec2) {
  return async (input: DeleteNetworkInterfaceRequest, { scope }: RequestContext): Promise<never> => {
    const { interfaceId } = await existing(ec2.records.interfaces, scope, "eni", input.NetworkInterfaceId);
    throw interfaceInUse(interfaceId);
  };
}
