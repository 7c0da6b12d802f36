import type { Handlers } from "../../../wire/handlers.ts";
import type { Ec2 } from "../ec2.ts";
import { associateDhcpOptions } from "../operations/associate-dhcp-options.ts";
import { associateSubnetCidrBlock } from "../operations/associate-subnet-cidr-block.ts";
import { associateVpcCidrBlock } from "../operations/associate-vpc-cidr-block.ts";
import { attachNetworkInterface } from "../operations/attach-network-interface.ts";
import { createDefaultSubnet } from "../operations/create-default-subnet.ts";
import { createDefaultVpc } from "../operations/create-default-vpc.ts";
import { createDhcpOptions } from "../operations/create-dhcp-options.ts";
import { createSubnet } from "../operations/create-subnet.ts";
import { createTags } from "../operations/create-tags.ts";
import { createVpc } from "../operations/create-vpc.ts";
import { deleteDhcpOptions } from "../operations/delete-dhcp-options.ts";
import { deleteNetworkInterface } from "../operations/delete-network-interface.ts";
import { deleteSubnet } from "../operations/delete-subnet.ts";
import { deleteTags } from "../operations/delete-tags.ts";
import { deleteVpc } from "../operations/delete-vpc.ts";
import { describeAccountAttributes } from "../operations/describe-account-attributes.ts";
import { describeAvailabilityZones } from "../operations/describe-availability-zones.ts";
import { describeDhcpOptions } from "../operations/describe-dhcp-options.ts";
import { describeNetworkInterfaceAttribute } from "../operations/describe-network-interface-attribute.ts";
import { describeNetworkInterfaces } from "../operations/describe-network-interfaces.ts";
import { describeRegions } from "../operations/describe-regions.ts";
import { describeSubnets } from "../operations/describe-subnets.ts";
import { describeTags } from "../operations/describe-tags.ts";
import { describeVpcAttribute } from "../operations/describe-vpc-attribute.ts";
import { describeVpcs } from "../operations/describe-vpcs.ts";
import { detachNetworkInterface } from "../operations/detach-network-interface.ts";
import { disassociateSubnetCidrBlock } from "../operations/disassociate-subnet-cidr-block.ts";
import { disassociateVpcCidrBlock } from "../operations/disassociate-vpc-cidr-block.ts";
import { modifyNetworkInterfaceAttribute } from "../operations/modify-network-interface-attribute.ts";
import { modifySubnetAttribute } from "../operations/modify-subnet-attribute.ts";
import { modifyVpcAttribute } from "../operations/modify-vpc-attribute.ts";

/** VPCs, subnets, DHCP options, interfaces, and what an account has in a Region. */
export function vpcsHandlers(ec2: Ec2): Handlers<typeof import("@aws-sdk/client-ec2")> {
  return {
    AssociateDhcpOptions: associateDhcpOptions(ec2),
    AssociateSubnetCidrBlock: associateSubnetCidrBlock(ec2),
    AssociateVpcCidrBlock: associateVpcCidrBlock(ec2),
    AttachNetworkInterface: attachNetworkInterface(ec2),
    CreateDefaultSubnet: createDefaultSubnet(ec2),
    CreateDefaultVpc: createDefaultVpc(ec2),
    CreateDhcpOptions: createDhcpOptions(ec2),
    CreateSubnet: createSubnet(ec2),
    CreateTags: createTags(ec2),
    CreateVpc: createVpc(ec2),
    DeleteDhcpOptions: deleteDhcpOptions(ec2),
    DeleteNetworkInterface: deleteNetworkInterface(ec2),
    DeleteSubnet: deleteSubnet(ec2),
    DeleteTags: deleteTags(ec2),
    DeleteVpc: deleteVpc(ec2),
    DescribeAccountAttributes: describeAccountAttributes(ec2),
    DescribeAvailabilityZones: describeAvailabilityZones(),
    DescribeDhcpOptions: describeDhcpOptions(ec2),
    DescribeNetworkInterfaceAttribute: describeNetworkInterfaceAttribute(ec2),
    DescribeNetworkInterfaces: describeNetworkInterfaces(ec2),
    DescribeRegions: describeRegions(),
    DescribeSubnets: describeSubnets(ec2),
    DescribeTags: describeTags(ec2),
    DescribeVpcAttribute: describeVpcAttribute(ec2),
    DescribeVpcs: describeVpcs(ec2),
    DetachNetworkInterface: detachNetworkInterface(ec2),
    DisassociateSubnetCidrBlock: disassociateSubnetCidrBlock(ec2),
    DisassociateVpcCidrBlock: disassociateVpcCidrBlock(ec2),
    ModifyNetworkInterfaceAttribute: modifyNetworkInterfaceAttribute(ec2),
    ModifySubnetAttribute: modifySubnetAttribute(ec2),
    ModifyVpcAttribute: modifyVpcAttribute(ec2),
  };
}
