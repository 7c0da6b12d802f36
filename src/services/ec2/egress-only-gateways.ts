import type { EgressOnlyInternetGateway } from "@aws-sdk/client-ec2";
import type { EgressOnlyInternetGatewayRecord } from "./records.ts";

/** An egress-only internet gateway as the API shows it. */
export function egressOnlyGatewayView({
  gatewayId,
  vpcId,
  tags,
}: EgressOnlyInternetGatewayRecord): EgressOnlyInternetGateway {
  return { EgressOnlyInternetGatewayId: gatewayId, Attachments: [{ State: "attached", VpcId: vpcId }], Tags: tags };
}
