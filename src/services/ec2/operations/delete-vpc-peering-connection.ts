import type { DeleteVpcPeeringConnectionRequest, DeleteVpcPeeringConnectionResult } from "@aws-sdk/client-ec2";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ec2 } from "../ec2.ts";
import { invalidPeeringTransition } from "../errors/connections.ts";
import { endedPeering, publishPeering, putPeering, requirePeering, statusNow } from "../peerings.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteVpcPeeringConnection.html */
export function deleteVpcPeeringConnection(ec2: Ec2) {
  return async (
    { VpcPeeringConnectionId = "" }: DeleteVpcPeeringConnectionRequest,
    { scope }: RequestContext,
  ): Promise<DeleteVpcPeeringConnectionResult> => {
    const peering = await ec2.store.transaction(async () => {
      const found = await requirePeering(ec2, scope, VpcPeeringConnectionId);
      const status = statusNow(found, ec2.clock.now());
      // A request is withdrawn by who made it; who was asked rejects it.
      const may = status === "pending-acceptance" ? found.requester.account === scope.account : status === "active";
      if (!may) throw invalidPeeringTransition(found.peeringId, status, "deleting");
      const deleted = endedPeering(ec2, found, "deleted", `Deleted by ${scope.account}`);
      await putPeering(ec2, deleted);
      return deleted;
    });
    await publishPeering(ec2, peering);
    return { Return: true };
  };
}
