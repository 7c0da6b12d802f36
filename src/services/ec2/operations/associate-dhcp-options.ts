import type { AssociateDhcpOptionsRequest } from "@aws-sdk/client-ec2";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { dhcpOptionsById, NO_OPTIONS } from "../dhcp-options.ts";
import type { Ec2 } from "../ec2.ts";
import { vpcById } from "../vpcs.ts";

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
      const vpc = await vpcById(ec2, scope, VpcId);
      if (DhcpOptionsId !== NO_OPTIONS) await dhcpOptionsById(ec2, scope, DhcpOptionsId);
      await ec2.records.vpcs.put(scopeKey(scope), vpc.vpcId, { ...vpc, dhcpOptionsId: DhcpOptionsId });
    });
    return {};
  };
}
