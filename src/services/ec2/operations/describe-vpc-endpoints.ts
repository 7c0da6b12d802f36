import type { DescribeVpcEndpointsRequest, DescribeVpcEndpointsResult } from "@aws-sdk/client-ec2";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ec2 } from "../ec2.ts";
import { endpointView } from "../endpoints.ts";
import type { VpcEndpointRecord } from "../records.ts";
import { filterRecords, type FilterValues, page, recordsByIds } from "../select.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcEndpoints.html */
export function describeVpcEndpoints(ec2: Ec2) {
  return async (input: DescribeVpcEndpointsRequest, { scope }: RequestContext): Promise<DescribeVpcEndpointsResult> => {
    const all = await ec2.records.vpcEndpoints.list(scopeKey(scope));
    const named = recordsByIds(all, input.VpcEndpointIds, "vpce", idOf);
    const { items, NextToken } = page(filterRecords(named, input.Filters, filters(scope.region)), input, idOf);
    return {
      VpcEndpoints: await Promise.all(items.map((endpoint) => endpointView(ec2, scope, endpoint))),
      NextToken,
    };
  };
}

const idOf = (endpoint: VpcEndpointRecord) => endpoint.endpointId;

const filters = (region: string): FilterValues<VpcEndpointRecord> => ({
  "ip-address-type": () => ["ipv4"],
  "service-name": (endpoint) => [endpoint.serviceName],
  "service-region": () => [region],
  "vpc-endpoint-id": (endpoint) => [endpoint.endpointId],
  "vpc-endpoint-state": (endpoint) => [endpoint.state],
  "vpc-endpoint-type": () => ["Interface"],
  "vpc-id": (endpoint) => [endpoint.vpcId],
});
