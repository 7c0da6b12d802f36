import type { DetachInternetGatewayRequest } from "@aws-sdk/client-ec2";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ec2 } from "../ec2.ts";
import { gatewayNotAttached, mappedAddresses } from "../errors/routing.ts";
import { existing } from "../existing.ts";

/** Routes to the gateway stay, as blackholes. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DetachInternetGateway.html */
export function detachInternetGateway(ec2: Ec2) {
  const { internetGateways, interfaces, vpcs } = ec2.records;
  return async (
    { InternetGatewayId = "", VpcId = "" }: DetachInternetGatewayRequest,
    { scope }: RequestContext,
  ): Promise<object> => {
    const key = scopeKey(scope);
    await ec2.ensureRegion(scope);
    await ec2.store.transaction(async () => {
      const { vpcId: attachedTo, ...gateway } = await existing(internetGateways, scope, "igw", InternetGatewayId);
      const { vpcId } = await existing(vpcs, scope, "vpc", VpcId);
      if (attachedTo !== vpcId) throw gatewayNotAttached(InternetGatewayId, vpcId);
      const mapped = await interfaces.list(key, { where: { vpcId } });
      if (mapped.some((each) => each.publicIp !== undefined)) throw mappedAddresses(vpcId);
      await internetGateways.put(key, InternetGatewayId, gateway);
    });
    await ec2.publishTopology(scope, VpcId);
    return {};
  };
}
