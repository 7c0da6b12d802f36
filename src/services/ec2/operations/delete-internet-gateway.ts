import type { DeleteInternetGatewayRequest } from "@aws-sdk/client-ec2";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ec2 } from "../ec2.ts";
import { hasDependencies } from "../errors.ts";
import { existing } from "../existing.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteInternetGateway.html */
export function deleteInternetGateway(ec2: Ec2) {
  const { internetGateways } = ec2.records;
  return async (
    { InternetGatewayId = "" }: DeleteInternetGatewayRequest,
    { scope }: RequestContext,
  ): Promise<object> => {
    await ec2.ensureRegion(scope);
    await ec2.store.transaction(async () => {
      const gateway = await existing(internetGateways, scope, "igw", InternetGatewayId);
      if (gateway.vpcId !== undefined) throw hasDependencies("internetGateway", InternetGatewayId);
      await internetGateways.delete(scopeKey(scope), InternetGatewayId);
    });
    return {};
  };
}
