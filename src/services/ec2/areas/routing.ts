import type { Handlers } from "../../../wire/handlers.ts";
import type { Ec2 } from "../ec2.ts";
import { allocateAddress } from "../operations/allocate-address.ts";
import { associateAddress } from "../operations/associate-address.ts";
import { associateRouteTable } from "../operations/associate-route-table.ts";
import { attachInternetGateway } from "../operations/attach-internet-gateway.ts";
import { createEgressOnlyInternetGateway } from "../operations/create-egress-only-internet-gateway.ts";
import { createInternetGateway } from "../operations/create-internet-gateway.ts";
import { createNatGateway } from "../operations/create-nat-gateway.ts";
import { createNetworkAcl } from "../operations/create-network-acl.ts";
import { createNetworkAclEntry } from "../operations/create-network-acl-entry.ts";
import { createRoute } from "../operations/create-route.ts";
import { createRouteTable } from "../operations/create-route-table.ts";
import { deleteEgressOnlyInternetGateway } from "../operations/delete-egress-only-internet-gateway.ts";
import { deleteInternetGateway } from "../operations/delete-internet-gateway.ts";
import { deleteNatGateway } from "../operations/delete-nat-gateway.ts";
import { deleteNetworkAcl } from "../operations/delete-network-acl.ts";
import { deleteNetworkAclEntry } from "../operations/delete-network-acl-entry.ts";
import { deleteRoute } from "../operations/delete-route.ts";
import { deleteRouteTable } from "../operations/delete-route-table.ts";
import { describeAddresses } from "../operations/describe-addresses.ts";
import { describeAddressesAttribute } from "../operations/describe-addresses-attribute.ts";
import { describeEgressOnlyInternetGateways } from "../operations/describe-egress-only-internet-gateways.ts";
import { describeInternetGateways } from "../operations/describe-internet-gateways.ts";
import { describeNatGateways } from "../operations/describe-nat-gateways.ts";
import { describeNetworkAcls } from "../operations/describe-network-acls.ts";
import { describeRouteTables } from "../operations/describe-route-tables.ts";
import { detachInternetGateway } from "../operations/detach-internet-gateway.ts";
import { disassociateAddress } from "../operations/disassociate-address.ts";
import { disassociateRouteTable } from "../operations/disassociate-route-table.ts";
import { releaseAddress } from "../operations/release-address.ts";
import { replaceNetworkAclAssociation } from "../operations/replace-network-acl-association.ts";
import { replaceNetworkAclEntry } from "../operations/replace-network-acl-entry.ts";
import { replaceRoute } from "../operations/replace-route.ts";
import { replaceRouteTableAssociation } from "../operations/replace-route-table-association.ts";

/** Route tables, gateways, elastic addresses and network ACLs. */
export function routingHandlers(ec2: Ec2): Handlers<typeof import("@aws-sdk/client-ec2")> {
  return {
    AllocateAddress: allocateAddress(ec2),
    AssociateAddress: associateAddress(ec2),
    AssociateRouteTable: associateRouteTable(ec2),
    AttachInternetGateway: attachInternetGateway(ec2),
    CreateEgressOnlyInternetGateway: createEgressOnlyInternetGateway(ec2),
    CreateInternetGateway: createInternetGateway(ec2),
    CreateNatGateway: createNatGateway(ec2),
    CreateNetworkAcl: createNetworkAcl(ec2),
    CreateNetworkAclEntry: createNetworkAclEntry(ec2),
    CreateRoute: createRoute(ec2),
    CreateRouteTable: createRouteTable(ec2),
    DeleteEgressOnlyInternetGateway: deleteEgressOnlyInternetGateway(ec2),
    DeleteInternetGateway: deleteInternetGateway(ec2),
    DeleteNatGateway: deleteNatGateway(ec2),
    DeleteNetworkAcl: deleteNetworkAcl(ec2),
    DeleteNetworkAclEntry: deleteNetworkAclEntry(ec2),
    DeleteRoute: deleteRoute(ec2),
    DeleteRouteTable: deleteRouteTable(ec2),
    DescribeAddresses: describeAddresses(ec2),
    DescribeAddressesAttribute: describeAddressesAttribute(ec2),
    DescribeEgressOnlyInternetGateways: describeEgressOnlyInternetGateways(ec2),
    DescribeInternetGateways: describeInternetGateways(ec2),
    DescribeNatGateways: describeNatGateways(ec2),
    DescribeNetworkAcls: describeNetworkAcls(ec2),
    DescribeRouteTables: describeRouteTables(ec2),
    DetachInternetGateway: detachInternetGateway(ec2),
    DisassociateAddress: disassociateAddress(ec2),
    DisassociateRouteTable: disassociateRouteTable(ec2),
    ReleaseAddress: releaseAddress(ec2),
    ReplaceNetworkAclAssociation: replaceNetworkAclAssociation(ec2),
    ReplaceNetworkAclEntry: replaceNetworkAclEntry(ec2),
    ReplaceRoute: replaceRoute(ec2),
    ReplaceRouteTableAssociation: replaceRouteTableAssociation(ec2),
  };
}
