import type { DetachNetworkInterfaceRequest } from "@aws-sdk/client-ec2";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ec2 } from "../ec2.ts";
import { managedByService } from "../errors.ts";
import { attachmentNotFound, managedAttachment } from "../errors/vpcs.ts";

/**
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DetachNetworkInterface.html: every interface here is
 * attached, and detached, by the service that made it.
 */
export function detachNetworkInterface(ec2: Ec2) {
  return async ({ AttachmentId = "" }: DetachNetworkInterfaceRequest, { scope }: RequestContext): Promise<never> => {
    const interfaces = await ec2.records.interfaces.list(scopeKey(scope));
    const record = interfaces.find((each) => each.attachmentId === AttachmentId);
    if (!record) throw attachmentNotFound(AttachmentId);
    throw record.role === "task" ? managedByService() : managedAttachment();
  };
}
