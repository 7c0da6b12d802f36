import type { CreateVpcPeeringConnectionRequest, CreateVpcPeeringConnectionResult } from "@aws-sdk/client-ec2";
import { ec2Id } from "../../../base/ids.ts";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ec2 } from "../ec2.ts";
import { invalidParameterValue, missingParameter, notFound } from "../errors.ts";
import { peeringExists } from "../errors/connections.ts";
import { existing } from "../existing.ts";
import {
  endedPeering,
  FAILED_MESSAGE,
  forgetEndedPeerings,
  haveCommonRange,
  PEERING_EXPIRY_MS,
  peeringsOfVpc,
  peeringView,
  putPeering,
  sideOfPeer,
  statusNow,
} from "../peerings.ts";
import type { PeeringRecord } from "../records.ts";
import { checkId } from "../resource-ids.ts";
import { specifiedTags } from "../tags.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpcPeeringConnection.html */
export function createVpcPeeringConnection(ec2: Ec2) {
  return async (
    input: CreateVpcPeeringConnectionRequest,
    { scope }: RequestContext,
  ): Promise<CreateVpcPeeringConnectionResult> => {
    const { VpcId: vpcId = "", PeerVpcId, PeerOwnerId = scope.account, PeerRegion = scope.region } = input;
    if (!PeerVpcId) throw missingParameter("The request must contain the parameter peerVpcId");
    checkId("vpc", PeerVpcId);
    if (!/^\d{12}$/.test(PeerOwnerId))
      throw invalidParameterValue(`Value (${PeerOwnerId}) for parameter peerOwnerId is invalid.`);
    const tags = specifiedTags(input.TagSpecifications, "vpc-peering-connection");
    const peering = await ec2.store.transaction(async () => {
      await forgetEndedPeerings(ec2);
      const accepter = { account: PeerOwnerId, region: PeerRegion, vpcId: PeerVpcId };
      const vpc = await existing(ec2.records.vpcs, scope, "vpc", vpcId);
      const peerVpc = await ec2.records.vpcs.get(scopeKey(accepter), PeerVpcId);
      // VPCs of others are not looked into before they answer: that is what the status tells.
      if (!peerVpc && scopeKey(accepter) === scopeKey(scope)) throw notFound("vpc", PeerVpcId);
      const known = await knownPeering(ec2, vpcId, PeerVpcId);
      if (known?.status === "active") throw peeringExists(known.peeringId);
      if (known) return known;
      const asked: PeeringRecord = {
        peeringId: ec2Id(ec2.ids, "pcx"),
        requester: { ...scope, vpcId },
        accepter,
        status: "pending-acceptance",
        statusMessage: `Pending Acceptance by ${PeerOwnerId}`,
        expiresAt: new Date(ec2.clock.now() + PEERING_EXPIRY_MS),
        tags,
      };
      const possible = peerVpc && !haveCommonRange(vpc, peerVpc);
      const record = possible ? asked : endedPeering(ec2, asked, "failed", FAILED_MESSAGE);
      await putPeering(ec2, record);
      return record;
    });
    return { VpcPeeringConnection: await peeringView(ec2, peering, scope) };
  };
}

/** The active peering of two VPCs, whoever asked for it, or the same request that waits for its answer. */
async function knownPeering(ec2: Ec2, vpcId: string, peerVpcId: string): Promise<PeeringRecord | undefined> {
  const between = (await peeringsOfVpc(ec2.records, vpcId)).filter(
    (peering) => sideOfPeer(peering, vpcId).vpcId === peerVpcId,
  );
  const now = ec2.clock.now();
  return (
    between.find((peering) => peering.status === "active") ??
    between.find((peering) => peering.requester.vpcId === vpcId && statusNow(peering, now) === "pending-acceptance")
  );
}
