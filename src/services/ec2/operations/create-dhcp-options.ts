import type { CreateDhcpOptionsRequest, CreateDhcpOptionsResult } from "@aws-sdk/client-ec2";
import { ec2Id } from "../../../base/ids.ts";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { dhcpOptionsView, requestedConfigurations } from "../dhcp-options.ts";
import type { Ec2 } from "../ec2.ts";
import { specifiedTags } from "../tags.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateDhcpOptions.html */
export function createDhcpOptions(ec2: Ec2) {
  return async (
    { DhcpConfigurations = [], TagSpecifications }: CreateDhcpOptionsRequest,
    { scope }: RequestContext,
  ): Promise<CreateDhcpOptionsResult> => {
    const dhcpOptionsId = ec2Id(ec2.ids, "dopt");
    const options = {
      dhcpOptionsId,
      configurations: requestedConfigurations(DhcpConfigurations),
      tags: specifiedTags(TagSpecifications, "dhcp-options"),
    };
    await ec2.ensureRegion(scope);
    await ec2.records.dhcpOptions.insert(scopeKey(scope), dhcpOptionsId, options);
    return { DhcpOptions: dhcpOptionsView(options, scope) };
  };
}
