import type {
  ModifyVpcPeeringConnectionOptionsRequest,
  ModifyVpcPeeringConnectionOptionsResult,
  PeeringConnectionOptionsRequest,
} from "@aws-sdk/client-ec2";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ec2 } from "../ec2.ts";
import { missingParameter, unsupported } from "../errors.ts";
import { operationNotPermitted } from "../errors/connections.ts";
import { isIn, type PeeringSide, requirePeering } from "../peerings.ts";

/**
 * All options are off and stay so: names are not resolved over a peering, and there is no EC2-Classic.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyVpcPeeringConnectionOptions.html
 */
export function modifyVpcPeeringConnectionOptions(ec2: Ec2) {
  return async (
    input: ModifyVpcPeeringConnectionOptionsRequest,
    { scope }: RequestContext,
  ): Promise<ModifyVpcPeeringConnectionOptionsResult> => {
    const { AccepterPeeringConnectionOptions: ofAccepter, RequesterPeeringConnectionOptions: ofRequester } = input;
    const { requester, accepter, status } = await requirePeering(ec2, scope, input.VpcPeeringConnectionId ?? "");
    if (!ofAccepter && !ofRequester)
      throw missingParameter("The request must contain accepter or requester peering connection options");
    const check = (options: PeeringConnectionOptionsRequest | undefined, side: PeeringSide, name: string) => {
      if (!options) return;
      if (!isIn(side, scope))
        throw operationNotPermitted(
          `User ${scope.account} does not have permission to modify the ${name} side peering options`,
        );
      checkOff(options);
    };
    check(ofAccepter, accepter, "accepter");
    check(ofRequester, requester, "requester");
    if (status !== "active")
      throw operationNotPermitted("The options of a VPC peering connection can be modified only while it is active.");
    return {
      ...(ofAccepter ? { AccepterPeeringConnectionOptions: OFF } : {}),
      ...(ofRequester ? { RequesterPeeringConnectionOptions: OFF } : {}),
    };
  };
}

const OFF = {
  AllowDnsResolutionFromRemoteVpc: false,
  AllowEgressFromLocalClassicLinkToRemoteVpc: false,
  AllowEgressFromLocalVpcToRemoteClassicLink: false,
};

/** @throws AwsError UnsupportedOperation */
function checkOff(options: PeeringConnectionOptionsRequest): void {
  if (options.AllowDnsResolutionFromRemoteVpc) throw unsupported("AllowDnsResolutionFromRemoteVpc");
  if (options.AllowEgressFromLocalClassicLinkToRemoteVpc || options.AllowEgressFromLocalVpcToRemoteClassicLink)
    throw unsupported("ClassicLink");
}
