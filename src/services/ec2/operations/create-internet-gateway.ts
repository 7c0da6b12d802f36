import type { CreateInternetGatewayRequest, CreateInternetGatewayResult } from "@aws-sdk/client-ec2";
import { ec2Id } from "../../../base/ids.ts";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ec2 } from "../ec2.ts";
import type { InternetGatewayRecord } from "../records.ts";
import { specifiedTags } from "../tags.ts";
import { internetGatewayView } from "../views.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateInternetGateway.html */
export function createInternetGateway(ec2: Ec2) {
  return async (
    { TagSpecifications }: CreateInternetGatewayRequest,
    { scope }: RequestContext,
  ): Promise<CreateInternetGatewayResult> => {
    const tags = specifiedTags(TagSpecifications, "internet-gateway");
    await ec2.ensureRegion(scope);
    const gateway: InternetGatewayRecord = { internetGatewayId: ec2Id(ec2.ids, "igw"), tags };
    await ec2.records.internetGateways.insert(scopeKey(scope), gateway.internetGatewayId, gateway);
    return { InternetGateway: internetGatewayView(gateway, scope) };
  };
}
