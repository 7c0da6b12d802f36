import type { DeleteVpcEndpointsRequest, DeleteVpcEndpointsResult, UnsuccessfulItem } from "@aws-sdk/client-ec2";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ec2 } from "../ec2.ts";
import { notFound } from "../errors.ts";
import { checkId } from "../resource-ids.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteVpcEndpoints.html */
export function deleteVpcEndpoints(ec2: Ec2) {
  return async (
    { VpcEndpointIds: ids = [] }: DeleteVpcEndpointsRequest,
    { scope }: RequestContext,
  ): Promise<DeleteVpcEndpointsResult> => {
    for (const id of ids) checkId("vpce", id);
    const Unsuccessful: UnsuccessfulItem[] = [];
    for (const id of new Set(ids)) {
      const { vpcEndpoints } = ec2.records;
      if (await vpcEndpoints.update(scopeKey(scope), id, (endpoint) => ({ ...endpoint, state: "deleting" })))
        ec2.endpoints.realizeSoon(scope, id);
      // The code differs from that of DescribeVpcEndpoints.
      else
        Unsuccessful.push({
          ResourceId: id,
          Error: { Code: "InvalidVpcEndpoint.NotFound", Message: notFound("vpce", id).message },
        });
    }
    return { Unsuccessful };
  };
}
