import type { DeleteDhcpOptionsRequest } from "@aws-sdk/client-ec2";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { dhcpOptionsById } from "../dhcp-options.ts";
import type { Ec2 } from "../ec2.ts";
import { hasDependencies } from "../errors/vpcs.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteDhcpOptions.html */
export function deleteDhcpOptions(ec2: Ec2) {
  return async ({ DhcpOptionsId }: DeleteDhcpOptionsRequest, { scope }: RequestContext): Promise<object> => {
    const key = scopeKey(scope);
    await ec2.ensureRegion(scope);
    await ec2.store.transaction(async () => {
      const { dhcpOptionsId } = await dhcpOptionsById(ec2, scope, DhcpOptionsId);
      const vpcs = await ec2.records.vpcs.list(key);
      if (vpcs.some((vpc) => vpc.dhcpOptionsId === dhcpOptionsId)) throw hasDependencies("dhcpOptions", dhcpOptionsId);
      await ec2.records.dhcpOptions.delete(key, dhcpOptionsId);
    });
    return {};
  };
}
