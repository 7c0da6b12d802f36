import type {
  DescribeVpcPeeringConnectionsRequest,
  DescribeVpcPeeringConnectionsResult,
  VpcPeeringConnection,
} from "@aws-sdk/client-ec2";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ec2 } from "../ec2.ts";
import { peeringView, visiblePeerings } from "../peerings.ts";
import { filterRecords, type FilterValues, page, recordsByIds } from "../select.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcPeeringConnections.html */
export function describeVpcPeeringConnections(ec2: Ec2) {
  return async (
    input: DescribeVpcPeeringConnectionsRequest,
    { scope }: RequestContext,
  ): Promise<DescribeVpcPeeringConnectionsResult> => {
    const peerings = await visiblePeerings(ec2, scope);
    const named = recordsByIds(peerings, input.VpcPeeringConnectionIds, "pcx", (peering) => peering.peeringId);
    const views = await Promise.all(named.map((peering) => peeringView(ec2, peering, scope)));
    const rows = views.map((view) => ({ view, tags: view.Tags ?? [] }));
    const { items, NextToken } = page(filterRecords(rows, input.Filters, FILTERS), input, idOf);
    return { VpcPeeringConnections: items.map(({ view }) => view), NextToken };
  };
}

interface Row {
  view: VpcPeeringConnection;
  tags: NonNullable<VpcPeeringConnection["Tags"]>;
}

const idOf = ({ view }: Row) => view.VpcPeeringConnectionId!;

const FILTERS: FilterValues<Row> = {
  "accepter-vpc-info.cidr-block": ({ view }) => [view.AccepterVpcInfo?.CidrBlock],
  "accepter-vpc-info.owner-id": ({ view }) => [view.AccepterVpcInfo?.OwnerId],
  "accepter-vpc-info.vpc-id": ({ view }) => [view.AccepterVpcInfo?.VpcId],
  "expiration-time": ({ view }) => [view.ExpirationTime?.toISOString()],
  "requester-vpc-info.cidr-block": ({ view }) => [view.RequesterVpcInfo?.CidrBlock],
  "requester-vpc-info.owner-id": ({ view }) => [view.RequesterVpcInfo?.OwnerId],
  "requester-vpc-info.vpc-id": ({ view }) => [view.RequesterVpcInfo?.VpcId],
  "status-code": ({ view }) => [view.Status?.Code],
  "status-message": ({ view }) => [view.Status?.Message],
  "vpc-peering-connection-id": ({ view }) => [view.VpcPeeringConnectionId],
};
