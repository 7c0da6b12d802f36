import type { CreateVpcEndpointRequest, DnsOptionsSpecification, SubnetConfiguration } from "@aws-sdk/client-ec2";
import { type Scope, scopeKey } from "../../base/scope.ts";
import { checkedPolicy } from "../../identity/policy/policy.ts";
import type { Ec2 } from "./ec2.ts";
import { endpointService } from "./endpoint-services.ts";
import { notFound, unsupported } from "./errors.ts";
import {
  conflictingDnsDomain,
  duplicateSubnetsInZone,
  invalidParameter,
  invalidPolicyDocument,
  privateDnsNeedsAttributes,
  serviceNotFound,
} from "./errors/connections.ts";
import { existing } from "./existing.ts";
import { reserveInterface } from "./interfaces.ts";
import type { SubnetRecord, VpcEndpointRecord, VpcRecord } from "./records.ts";

/* What requests for VPC endpoints may say, and what they come to. */

/**
 * Refuses what an endpoint cannot be: of another kind than interface, of an unknown service, with IPv6.
 * @throws AwsError InvalidServiceName, InvalidParameter, UnsupportedOperation
 */
export function checkEndpointRequest(input: CreateVpcEndpointRequest, scope: Scope): void {
  if (input.ServiceNetworkArn !== undefined || input.ResourceConfigurationArn !== undefined)
    throw unsupported("endpoints for VPC Lattice service networks and resources");
  if (input.ServiceRegion !== undefined && input.ServiceRegion !== scope.region)
    throw unsupported("endpoints for services of other Regions");
  const { ServiceName = "", VpcEndpointType: type = "Gateway" } = input;
  if (!endpointService(scope.region, ServiceName)) throw serviceNotFound(ServiceName);
  if (type !== "Interface")
    throw invalidParameter(`Endpoint type (${type}) does not match available service types ([Interface]).`);
  if (input.RouteTableIds?.length)
    throw invalidParameter("Route table IDs are only supported for Gateway type VPC Endpoint.");
  checkAddressing(input);
  checkPolicy(input.PolicyDocument);
}

/** @throws AwsError InvalidParameter, UnsupportedOperation */
export function checkAddressing(input: { IpAddressType?: string; DnsOptions?: DnsOptionsSpecification }): void {
  const { IpAddressType: type = "ipv4", DnsOptions: options = {} } = input;
  if (type !== "ipv4") throw invalidParameter(`The VPC endpoint service does not support the IP address type ${type}.`);
  if (options.DnsRecordIpType !== undefined && !["ipv4", "service-defined"].includes(options.DnsRecordIpType))
    throw invalidParameter(`DnsRecordIpType ${options.DnsRecordIpType} does not match the IP address type ipv4.`);
  if (options.PrivateDnsOnlyForInboundResolverEndpoint) throw unsupported("PrivateDnsOnlyForInboundResolverEndpoint");
  if (options.PrivateDnsPreference !== undefined || options.PrivateDnsSpecifiedDomains?.length)
    throw unsupported("private DNS preferences");
}

/** @throws AwsError InvalidPolicyDocument */
export function checkPolicy(text: string | undefined): void {
  if (text) checkedPolicy(text, "resource", (message) => invalidPolicyDocument(`Invalid policy document: ${message}`));
}

/**
 * Private DNS needs names in the VPC, and each name can lead to one endpoint only.
 * @throws AwsError InvalidParameter
 */
export async function checkPrivateDns(
  ec2: Ec2,
  scope: Scope,
  vpc: VpcRecord,
  { serviceName, endpointId }: { serviceName: string; endpointId?: string },
): Promise<void> {
  const { vpcId } = vpc;
  if (!vpc.enableDnsSupport || !vpc.enableDnsHostnames) throw privateDnsNeedsAttributes(vpcId);
  const endpoints = await ec2.records.vpcEndpoints.list(scopeKey(scope), { where: { vpcId } });
  const other = endpoints.find(
    (each) => each.privateDnsEnabled && each.serviceName === serviceName && each.endpointId !== endpointId,
  );
  if (other) throw conflictingDnsDomain(endpointService(scope.region, serviceName)!.privateDnsName, vpcId);
}

/**
 * The subnets that a request names, of the VPC and each in a zone of its own.
 * @param present those that the endpoint has
 * @throws AwsError InvalidSubnetID.NotFound, InvalidParameter, DuplicateSubnetsInSameZone
 */
export async function endpointSubnets(
  ec2: Ec2,
  scope: Scope,
  vpcId: string,
  subnetIds: readonly string[],
  present: readonly string[] = [],
): Promise<SubnetRecord[]> {
  const zones = new Set<string>();
  for (const subnetId of present)
    zones.add((await existing(ec2.records.subnets, scope, "subnet", subnetId)).availabilityZone);
  const subnets: SubnetRecord[] = [];
  for (const subnetId of new Set(subnetIds)) {
    if (present.includes(subnetId)) continue;
    const subnet = await existing(ec2.records.subnets, scope, "subnet", subnetId);
    if (subnet.vpcId !== vpcId) throw invalidParameter(`The subnet ID '${subnetId}' does not belong to VPC ${vpcId}.`);
    if (zones.has(subnet.availabilityZone)) throw duplicateSubnetsInZone(subnetId);
    zones.add(subnet.availabilityZone);
    subnets.push(subnet);
  }
  return subnets;
}

/**
 * Reserves the interfaces of an endpoint in subnets, in the caller's transaction.
 * @throws AwsError InvalidParameterValue for an address that is not free, InvalidParameter, …
 */
export async function reserveEndpointInterfaces(
  ec2: Ec2,
  scope: Scope,
  { endpointId, groupIds }: Pick<VpcEndpointRecord, "endpointId" | "groupIds">,
  subnets: readonly SubnetRecord[],
  configurations: readonly SubnetConfiguration[] = [],
): Promise<string[]> {
  const wanted = new Map<string, string | undefined>();
  for (const { SubnetId = "", Ipv4, Ipv6 } of configurations) {
    if (!subnets.some((subnet) => subnet.subnetId === SubnetId)) throw notFound("subnet", SubnetId);
    if (Ipv6 !== undefined) throw invalidParameter("The VPC endpoint service does not support IPv6 addresses.");
    wanted.set(SubnetId, Ipv4);
  }
  const interfaceIds: string[] = [];
  for (const subnet of subnets) {
    const description = `VPC Endpoint Interface ${endpointId}`;
    const privateIp = wanted.get(subnet.subnetId);
    const request = { subnet, role: "endpoint" as const, groupIds, description };
    const reserved = await reserveInterface(ec2, scope, privateIp === undefined ? request : { ...request, privateIp });
    interfaceIds.push(reserved.interfaceId);
  }
  return interfaceIds;
}
