import type { Handlers } from "../../../wire/handlers.ts";
import type { Ec2 } from "../ec2.ts";
import { acceptVpcPeeringConnection } from "../operations/accept-vpc-peering-connection.ts";
import { createFlowLogs } from "../operations/create-flow-logs.ts";
import { createVpcEndpoint } from "../operations/create-vpc-endpoint.ts";
import { createVpcPeeringConnection } from "../operations/create-vpc-peering-connection.ts";
import { deleteFlowLogs } from "../operations/delete-flow-logs.ts";
import { deleteVpcEndpoints } from "../operations/delete-vpc-endpoints.ts";
import { deleteVpcPeeringConnection } from "../operations/delete-vpc-peering-connection.ts";
import { describeFlowLogs } from "../operations/describe-flow-logs.ts";
import { describeVpcEndpointServices } from "../operations/describe-vpc-endpoint-services.ts";
import { describeVpcEndpoints } from "../operations/describe-vpc-endpoints.ts";
import { describeVpcPeeringConnections } from "../operations/describe-vpc-peering-connections.ts";
import { describeVpnGateways } from "../operations/describe-vpn-gateways.ts";
import { modifyVpcEndpoint } from "../operations/modify-vpc-endpoint.ts";
import { modifyVpcPeeringConnectionOptions } from "../operations/modify-vpc-peering-connection-options.ts";
import { rejectVpcPeeringConnection } from "../operations/reject-vpc-peering-connection.ts";

/** Peerings, VPC endpoints and flow logs. */
export function connectionsHandlers(ec2: Ec2): Handlers<typeof import("@aws-sdk/client-ec2")> {
  return {
    AcceptVpcPeeringConnection: acceptVpcPeeringConnection(ec2),
    CreateFlowLogs: createFlowLogs(ec2),
    CreateVpcEndpoint: createVpcEndpoint(ec2),
    CreateVpcPeeringConnection: createVpcPeeringConnection(ec2),
    DeleteFlowLogs: deleteFlowLogs(ec2),
    DeleteVpcEndpoints: deleteVpcEndpoints(ec2),
    DeleteVpcPeeringConnection: deleteVpcPeeringConnection(ec2),
    DescribeFlowLogs: describeFlowLogs(ec2),
    DescribeVpcEndpoints: describeVpcEndpoints(ec2),
    DescribeVpcEndpointServices: describeVpcEndpointServices(),
    DescribeVpcPeeringConnections: describeVpcPeeringConnections(ec2),
    DescribeVpnGateways: describeVpnGateways(),
    ModifyVpcEndpoint: modifyVpcEndpoint(ec2),
    ModifyVpcPeeringConnectionOptions: modifyVpcPeeringConnectionOptions(ec2),
    RejectVpcPeeringConnection: rejectVpcPeeringConnection(ec2),
  };
}
