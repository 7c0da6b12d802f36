import type { RejectVpcPeeringConnectionRequest, RejectVpcPeeringConnectionResult } from "@aws-sdk/client-ec2";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ec2 } from "../ec2.ts";
import { invalidPeeringTransition } from "../errors/connections.ts";
import { endedPeering, putPeering, requirePeering, statusNow } from "../peerings.ts";
import { checkAccepter } from "./accept-vpc-peering-connection.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RejectVpcPeeringConnection.html */
export function rejectVpcPeeringConnection(ec2: Ec2) {
  return async (
    { VpcPeeringConnectionId = "" }: RejectVpcPeeringConnectionRequest,
    { scope }: RequestContext,
  ): Promise<RejectVpcPeeringConnectionResult> => {
    await ec2.store.transaction(async () => {
      const asked = await requirePeering(ec2, scope, VpcPeeringConnectionId);
      checkAccepter(asked, scope, "reject", "accepted or rejected");
      const status = statusNow(asked, ec2.clock.now());
      if (status !== "pending-acceptance") throw invalidPeeringTransition(asked.peeringId, status, "rejected");
      await putPeering(ec2, endedPeering(ec2, asked, "rejected", `Rejected by ${scope.account}`));
    });
    return { Return: true };
  };
}
