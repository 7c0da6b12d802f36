import type { DeleteNatGatewayRequest, DeleteNatGatewayResult } from "@aws-sdk/client-ec2";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ec2 } from "../ec2.ts";
import { notFound } from "../errors.ts";
import { existing } from "../existing.ts";

/** Its elastic address is free again; routes to it stay, as blackholes. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteNatGateway.html */
export function deleteNatGateway(ec2: Ec2) {
  const { natGateways } = ec2.records;
  return async (
    { NatGatewayId = "" }: DeleteNatGatewayRequest,
    { scope }: RequestContext,
  ): Promise<DeleteNatGatewayResult> => {
    await ec2.store.transaction(async () => {
      const gateway = await existing(natGateways, scope, "nat", NatGatewayId);
      if (gateway.state === "deleted") throw notFound("nat", NatGatewayId);
      await natGateways.put(scopeKey(scope), NatGatewayId, { ...gateway, state: "deleting" });
    });
    ec2.natGateways.reconcile(scope, NatGatewayId);
    return { NatGatewayId };
  };
}
