import type { DeleteDhcpOptionsRequest } from "@aws-sdk/client-ec2";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ec2 } from "../ec2.ts";
import { hasDependencies } from "../errors.ts";
import { existing } from "../existing.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteDhcpOptions.html */
export function deleteDhcpOptions(ec2: Ec2) {
  return async ({ DhcpOptionsId }: DeleteDhcpOptionsRequest, { scope }: RequestContext): Promise<object> => {
    const key = scopeKey(scope);
    await ec2.ensureRegion(scope);
    await ec2.store.transaction(async () => {
      const { dhcpOptionsId } = await existing(ec2.records.dhcpOptions, scope, "dopt", DhcpOptionsId);
      const vpcs = await ec2.records.vpcs.list(key);
      if (vpcs.some((vpc) => vpc.dhcpOptionsId === dhcpOptionsId)) throw hasDependencies("dhcpOptions", dhcpOptionsId);
      await ec2.records.dhcpOptions.delete(key, dhcpOptionsId);
    });
    return {};
  };
}
