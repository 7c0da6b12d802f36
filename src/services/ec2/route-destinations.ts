import type { DeleteRouteRequest } from "@aws-sdk/client-ec2";
import { cidr, formatCidr, parseCidr } from "../../network/ipv4.ts";
import { ipv6Cidr } from "../../network/ipv6.ts";
import { invalidParameterCombination, missingParameter, notCidr } from "./errors.ts";
import { containsIpv6, parseIpv6Cidr } from "./ipv6.ts";
import type { VpcRecord } from "./records.ts";
import { checkId } from "./resource-ids.ts";
import { contains } from "./vpc-cidrs.ts";

/** AWS's names of a destination's kinds, as in its errors. */
type DestinationKind = "destination-cidr-block" | "destination-ipv6-cidr-block" | "destination-prefix-list-id";

/** Where a route is for. */
export interface Destination {
  kind: DestinationKind;
  /** A block in its canonical form, or the prefix list's id: what identifies the route in its table. */
  text: string;
}

/**
 * The destination of a request: `100.68.0.18/18` means `100.68.0.0/18`.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateRoute.html
 * @throws AwsError MissingParameter, InvalidParameterCombination, InvalidParameterValue, InvalidPrefixListID.Malformed
 */
export function readDestination(
  input: Pick<DeleteRouteRequest, "DestinationCidrBlock" | "DestinationIpv6CidrBlock" | "DestinationPrefixListId">,
): Destination {
  const { DestinationCidrBlock: v4, DestinationIpv6CidrBlock: v6, DestinationPrefixListId: listId } = input;
  const given = [v4, v6, listId].filter((each) => each !== undefined);
  const message =
    "The request must contain exactly one of destinationCidrBlock, destinationIpv6CidrBlock or destinationPrefixListId";
  if (given.length > 1) throw invalidParameterCombination(message);
  if (v4 !== undefined) {
    const block = parseCidr(v4);
    if (!block) throw notCidr(v4, "destinationCidrBlock");
    return { kind: "destination-cidr-block", text: formatCidr(block) };
  }
  if (v6 !== undefined) {
    const block = parseIpv6Cidr(v6);
    if (block === undefined) throw notCidr(v6, "destinationIpv6CidrBlock");
    return { kind: "destination-ipv6-cidr-block", text: block };
  }
  if (listId === undefined) throw missingParameter(message);
  checkId("pl", listId);
  return { kind: "destination-prefix-list-id", text: listId };
}

/** How a destination lies to the VPC's own ranges, which have routes that always exist. */
export function localPart(vpc: VpcRecord, { kind, text }: Destination): "equal" | "inside" | "outside" {
  if (kind === "destination-prefix-list-id") return "outside";
  const own = kind === "destination-cidr-block" ? vpc.cidrBlocks : vpc.ipv6CidrBlocks;
  const ranges = own.map(({ cidrBlock }) => cidrBlock);
  if (ranges.includes(text)) return "equal";
  const inside =
    kind === "destination-cidr-block"
      ? ranges.some((range) => contains(cidr(range), cidr(text)))
      : ranges.some((range) => containsIpv6(ipv6Cidr(range), ipv6Cidr(text)));
  return inside ? "inside" : "outside";
}
