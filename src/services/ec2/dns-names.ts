import type { VpcRecord } from "./records.ts";
import { internalDomain } from "./zones.ts";

/**
 * Whether interfaces of the VPC have host names in the API and public ones in the VPC's resolver.
 * https://docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html
 */
export function hasHostnames(vpc: VpcRecord): boolean {
  return vpc.enableDnsSupport && vpc.enableDnsHostnames;
}

/** `ec2-198-51-100-7.eu-central-1.compute.amazonaws.com`. */
export function publicDnsName(publicIp: string, region: string): string {
  const domain = region === "us-east-1" ? "compute-1.amazonaws.com" : `${region}.compute.amazonaws.com`;
  return `ec2-${publicIp.replaceAll(".", "-")}.${domain}`;
}

/** `ip-10-0-0-5.eu-central-1.compute.internal`. */
export function privateDnsName(privateIp: string, region: string): string {
  return `ip-${privateIp.replaceAll(".", "-")}.${internalDomain(region)}`;
}
