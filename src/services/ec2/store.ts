import type { Store } from "../../store/store.ts";
import type {
  AddressCursorRecord,
  AddressRecord,
  DhcpOptionsRecord,
  EgressOnlyInternetGatewayRecord,
  ElasticAddressRecord,
  FlowLogRecord,
  InternetGatewayRecord,
  NatGatewayRecord,
  NetworkAclRecord,
  NetworkInterfaceRecord,
  PeeringRecord,
  PrefixListRecord,
  RegionRecord,
  RouteTableRecord,
  SecurityGroupRecord,
  SubnetRecord,
  VpcEndpointRecord,
  VolumeRecord,
  VpcRecord,
} from "./records.ts";

const inVpc = { columns: { vpcId: "text" as const }, values: (record: { vpcId: string }) => ({ vpcId: record.vpcId }) };
const plain = { columns: {}, values: () => ({}) };

/** The collections of the EC2 service. */
export function ec2Collections(store: Store) {
  return {
    /** One document in each scope, by the id `region`. */
    regions: store.collection<RegionRecord, never>({ name: "ec2_region", ...plain }),
    vpcs: store.collection({
      name: "ec2_vpc",
      columns: { isDefault: "integer" },
      values: (vpc: VpcRecord) => ({ isDefault: vpc.isDefault ? 1 : 0 }),
    }),
    subnets: store.collection<SubnetRecord, "vpcId">({ name: "ec2_subnet", ...inVpc }),
    groups: store.collection<SecurityGroupRecord, "vpcId">({ name: "ec2_security_group", ...inVpc }),
    interfaces: store.collection<NetworkInterfaceRecord, "vpcId">({ name: "ec2_network_interface", ...inVpc }),
    routeTables: store.collection<RouteTableRecord, "vpcId">({ name: "ec2_route_table", ...inVpc }),
    internetGateways: store.collection({
      name: "ec2_internet_gateway",
      columns: { vpcId: "text" },
      values: (gateway: InternetGatewayRecord) => ({ vpcId: gateway.vpcId ?? null }),
    }),
    egressOnlyGateways: store.collection<EgressOnlyInternetGatewayRecord, "vpcId">({
      name: "ec2_egress_only_internet_gateway",
      ...inVpc,
    }),
    natGateways: store.collection<NatGatewayRecord, "vpcId">({ name: "ec2_nat_gateway", ...inVpc }),
    elasticAddresses: store.collection<ElasticAddressRecord, never>({ name: "ec2_elastic_address", ...plain }),
    networkAcls: store.collection<NetworkAclRecord, "vpcId">({ name: "ec2_network_acl", ...inVpc }),
    dhcpOptions: store.collection<DhcpOptionsRecord, never>({ name: "ec2_dhcp_options", ...plain }),
    prefixLists: store.collection<PrefixListRecord, never>({ name: "ec2_prefix_list", ...plain }),
    peerings: store.collection({
      name: "ec2_peering",
      columns: { requesterVpcId: "text", accepterVpcId: "text" },
      indexes: [["requesterVpcId"], ["accepterVpcId"]],
      values: (peering: PeeringRecord) => ({
        requesterVpcId: peering.requester.vpcId,
        accepterVpcId: peering.accepter.vpcId,
      }),
    }),
    vpcEndpoints: store.collection<VpcEndpointRecord, "vpcId">({ name: "ec2_vpc_endpoint", ...inVpc }),
    flowLogs: store.collection<FlowLogRecord, "vpcId">({ name: "ec2_flow_log", ...inVpc }),
    volumes: store.collection<VolumeRecord, never>({ name: "ec2_volume", ...plain }),
    addresses: store.collection<AddressRecord, never>({ name: "ec2_address", ...plain }),
    cursors: store.collection<AddressCursorRecord, never>({ name: "ec2_address_cursor", ...plain }),
  };
}

export type Ec2Collections = ReturnType<typeof ec2Collections>;
