import type {
  CreateEgressOnlyInternetGatewayRequest,
  CreateEgressOnlyInternetGatewayResult,
} from "@aws-sdk/client-ec2";
import { ec2Id } from "../../../base/ids.ts";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { madeEarlier } from "../client-tokens.ts";
import type { Ec2 } from "../ec2.ts";
import { egressOnlyGatewayView } from "../egress-only-gateways.ts";
import { existing } from "../existing.ts";
import type { EgressOnlyInternetGatewayRecord } from "../records.ts";
import { specifiedTags } from "../tags.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateEgressOnlyInternetGateway.html */
export function createEgressOnlyInternetGateway(ec2: Ec2) {
  const { egressOnlyGateways, vpcs } = ec2.records;
  return async (
    { VpcId = "", TagSpecifications, ClientToken }: CreateEgressOnlyInternetGatewayRequest,
    { scope }: RequestContext,
  ): Promise<CreateEgressOnlyInternetGatewayResult> => {
    const tags = specifiedTags(TagSpecifications, "egress-only-internet-gateway");
    await ec2.ensureRegion(scope);
    const gateway = await ec2.store.transaction(async () => {
      const { vpcId } = await existing(vpcs, scope, "vpc", VpcId);
      const all = await egressOnlyGateways.list(scopeKey(scope));
      const earlier = madeEarlier(all, ClientToken, (each) => each.vpcId === vpcId);
      if (earlier) return earlier;
      const record: EgressOnlyInternetGatewayRecord = {
        gatewayId: ec2Id(ec2.ids, "eigw"),
        vpcId,
        ...(ClientToken ? { clientToken: ClientToken } : {}),
        tags,
      };
      await egressOnlyGateways.insert(scopeKey(scope), record.gatewayId, record);
      return record;
    });
    return { EgressOnlyInternetGateway: egressOnlyGatewayView(gateway), ClientToken };
  };
}
