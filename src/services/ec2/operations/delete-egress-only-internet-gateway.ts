import type {
  DeleteEgressOnlyInternetGatewayRequest,
  DeleteEgressOnlyInternetGatewayResult,
} from "@aws-sdk/client-ec2";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ec2 } from "../ec2.ts";
import { existing } from "../existing.ts";

/** Routes to it stay, as blackholes. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteEgressOnlyInternetGateway.html */
export function deleteEgressOnlyInternetGateway(ec2: Ec2) {
  const { egressOnlyGateways } = ec2.records;
  return async (
    { EgressOnlyInternetGatewayId: gatewayId = "" }: DeleteEgressOnlyInternetGatewayRequest,
    { scope }: RequestContext,
  ): Promise<DeleteEgressOnlyInternetGatewayResult> => {
    const { vpcId } = await ec2.store.transaction(async () => {
      const gateway = await existing(egressOnlyGateways, scope, "eigw", gatewayId);
      await egressOnlyGateways.delete(scopeKey(scope), gatewayId);
      return gateway;
    });
    await ec2.publishTopology(scope, vpcId);
    return { ReturnCode: true };
  };
}
