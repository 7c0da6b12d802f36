import type {
  DescribeVpcEndpointServicesRequest,
  DescribeVpcEndpointServicesResult,
  ServiceDetail,
} from "@aws-sdk/client-ec2";
import type { RequestContext } from "../../../wire/context.ts";
import { type EndpointService, endpointServices } from "../endpoint-services.ts";
import { serviceNotFound } from "../errors/connections.ts";
import { filterRecords, type FilterValues, page } from "../select.ts";
import { zonesOf } from "../zones.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcEndpointServices.html */
export function describeVpcEndpointServices() {
  return async (
    input: DescribeVpcEndpointServicesRequest,
    { scope: { region } }: RequestContext,
  ): Promise<DescribeVpcEndpointServicesResult> => {
    const { ServiceNames = [], ServiceRegions = [region] } = input;
    const all = ServiceRegions.includes(region) ? endpointServices(region) : [];
    const unknown = ServiceNames.find((name) => !all.some((service) => service.serviceName === name));
    if (unknown !== undefined) throw serviceNotFound(unknown);
    const rows = all
      .filter(({ serviceName }) => !ServiceNames.length || ServiceNames.includes(serviceName))
      .map((service): Row => ({ ...service, tags: [] }));
    const { items, NextToken } = page(filterRecords(rows, input.Filters, filters(region)), input, idOf);
    return {
      ServiceNames: items.map(idOf),
      ServiceDetails: items.map((service) => detail(service, region)),
      NextToken,
    };
  };
}

type Row = EndpointService & { tags: [] };

const idOf = (service: Row) => service.serviceName;

const filters = (region: string): FilterValues<Row> => ({
  owner: () => ["amazon"],
  "service-name": (service) => [service.serviceName],
  "service-region": () => [region],
  "service-type": () => ["Interface"],
  "supported-ip-address-types": () => ["ipv4"],
});

function detail({ serviceName, serviceId, baseName, privateDnsName }: Row, region: string): ServiceDetail {
  const zones = zonesOf(region);
  return {
    ServiceName: serviceName,
    ServiceId: serviceId,
    ServiceType: [{ ServiceType: "Interface" }],
    ServiceRegion: region,
    AvailabilityZones: zones.map((zone) => zone.zoneName),
    AvailabilityZoneIds: zones.map((zone) => zone.zoneId),
    Owner: "amazon",
    BaseEndpointDnsNames: [baseName],
    PrivateDnsName: privateDnsName,
    PrivateDnsNames: [{ PrivateDnsName: privateDnsName }],
    PrivateDnsNameVerificationState: "verified",
    VpcEndpointPolicySupported: true,
    AcceptanceRequired: false,
    ManagesVpcEndpoints: false,
    Tags: [],
    SupportedIpAddressTypes: ["ipv4"],
  };
}
