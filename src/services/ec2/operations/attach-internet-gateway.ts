import type { AttachInternetGatewayRequest } from "@aws-sdk/client-ec2";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ec2 } from "../ec2.ts";
import { gatewayAttachedElsewhere, secondGateway } from "../errors/routing.ts";
import { existing } from "../existing.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AttachInternetGateway.html */
export function attachInternetGateway(ec2: Ec2) {
  const { internetGateways, vpcs } = ec2.records;
  return async (
    { InternetGatewayId = "", VpcId = "" }: AttachInternetGatewayRequest,
    { scope }: RequestContext,
  ): Promise<object> => {
    const key = scopeKey(scope);
    await ec2.ensureRegion(scope);
    await ec2.store.transaction(async () => {
      const gateway = await existing(internetGateways, scope, "igw", InternetGatewayId);
      const { vpcId } = await existing(vpcs, scope, "vpc", VpcId);
      if (gateway.vpcId !== undefined) throw gatewayAttachedElsewhere(InternetGatewayId, gateway.vpcId);
      if (await internetGateways.count(key, { vpcId })) throw secondGateway(vpcId);
      await internetGateways.put(key, InternetGatewayId, { ...gateway, vpcId });
    });
    await ec2.publishTopology(scope, VpcId);
    return {};
  };
}
