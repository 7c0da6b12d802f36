import type { AttachNetworkInterfaceRequest } from "@aws-sdk/client-ec2";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ec2 } from "../ec2.ts";
import { instanceNotFound } from "../errors.ts";
import { existing } from "../existing.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AttachNetworkInterface.html: there are no instances here. */
export function attachNetworkInterface(ec2: Ec2) {
  return async (
    { NetworkInterfaceId, InstanceId = "" }: AttachNetworkInterfaceRequest,
    { scope }: RequestContext,
  ): Promise<never> => {
    await existing(ec2.records.interfaces, scope, "eni", NetworkInterfaceId);
    throw instanceNotFound(InstanceId);
  };
}
