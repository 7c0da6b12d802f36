import type { AssociateDhcpOptionsRequest } from "@aws-sdk/client-ec2";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { NO_OPTIONS } from "../dhcp-options.ts";
import type { Ec2 } from "../ec2.ts";
import { existing } from "../existing.ts";

/**
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateDhcpOptions.html: tasks that start from now on get
 * the new options; those that run keep theirs.
 */
export function associateDhcpOptions(ec2: Ec2) {
  return async (
    { DhcpOptionsId = "", VpcId }: AssociateDhcpOptionsRequest,
    { scope }: RequestContext,
  ): Promise<object> => {
    await ec2.ensureRegion(scope);
    await ec2.store.transaction(async () => {
      const vpc = await existing(ec2.records.vpcs, scope, "vpc", VpcId);
      if (DhcpOptionsId !== NO_OPTIONS) await existing(ec2.records.dhcpOptions, scope, "dopt", DhcpOptionsId);
      await ec2.records.vpcs.put(scopeKey(scope), vpc.vpcId, { ...vpc, dhcpOptionsId: DhcpOptionsId });
    });
    return {};
  };
}
