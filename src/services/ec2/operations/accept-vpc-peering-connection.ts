import type { AcceptVpcPeeringConnectionRequest, AcceptVpcPeeringConnectionResult } from "@aws-sdk/client-ec2";
import type { Scope } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ec2 } from "../ec2.ts";
import { missingParameter } from "../errors.ts";
import { invalidPeeringTransition, operationNotPermitted, peeringExists } from "../errors/connections.ts";
import {
  endedPeering,
  FAILED_MESSAGE,
  haveCommonRange,
  peeringsOfVpc,
  peeringView,
  publishPeering,
  putPeering,
  requirePeering,
  sideOfPeer,
  statusNow,
  vpcsOfPeering,
} from "../peerings.ts";
import type { PeeringRecord } from "../records.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AcceptVpcPeeringConnection.html */
export function acceptVpcPeeringConnection(ec2: Ec2) {
  return async (
    { VpcPeeringConnectionId }: AcceptVpcPeeringConnectionRequest,
    { scope }: RequestContext,
  ): Promise<AcceptVpcPeeringConnectionResult> => {
    if (!VpcPeeringConnectionId)
      throw missingParameter("The request must contain the parameter VpcPeeringConnectionId");
    const peering = await ec2.store.transaction(async () => {
      const asked = await requirePeering(ec2, scope, VpcPeeringConnectionId);
      checkAccepter(asked, scope, "accept", "accepted");
      const status = statusNow(asked, ec2.clock.now());
      if (status !== "pending-acceptance") throw invalidPeeringTransition(asked.peeringId, status, "provisioning");
      const other = (await peeringsOfVpc(ec2.records, asked.accepter.vpcId)).find(
        (each) => each.status === "active" && sideOfPeer(each, asked.accepter.vpcId).vpcId === asked.requester.vpcId,
      );
      if (other) throw peeringExists(other.peeringId);
      const answered = await answer(ec2, asked);
      await putPeering(ec2, answered);
      return answered;
    });
    await publishPeering(ec2, peering);
    return { VpcPeeringConnection: await peeringView(ec2, peering, scope) };
  };
}

/** The VPCs may have changed since the request. */
async function answer(ec2: Ec2, asked: PeeringRecord): Promise<PeeringRecord> {
  const { requesterVpc, accepterVpc } = await vpcsOfPeering(ec2, asked);
  if (!requesterVpc || !accepterVpc || haveCommonRange(requesterVpc, accepterVpc))
    return endedPeering(ec2, asked, "failed", FAILED_MESSAGE);
  const { expiresAt: _, ...peering } = asked;
  return { ...peering, status: "active", statusMessage: "Active" };
}

/**
 * Only the account that was asked answers, in the Region of its VPC.
 * @param verb as in `accept`; @param done as in `accepted`
 * @throws AwsError OperationNotPermitted
 */
export function checkAccepter({ peeringId, accepter }: PeeringRecord, scope: Scope, verb: string, done: string): void {
  if (accepter.account !== scope.account)
    throw operationNotPermitted(`User ${scope.account} cannot ${verb} peering ${peeringId}`);
  if (accepter.region !== scope.region)
    throw operationNotPermitted(
      `Incorrect region (${scope.region}) specified for this request. VPC peering connection ${peeringId} must be ${done} in region ${accepter.region}`,
    );
}
