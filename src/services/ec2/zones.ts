/** The zones that every Region has. */
const ZONE_LETTERS = ["a", "b", "c"];

export interface Zone {
  zoneName: string;
  zoneId: string;
}

/** The zones of a Region: `us-east-1a` is `use1-az1`. */
export function zonesOf(region: string): Zone[] {
  const short = shortRegion(region);
  return ZONE_LETTERS.map((letter, i) => ({ zoneName: `${region}${letter}`, zoneId: `${short}-az${i + 1}` }));
}

/** `use1` for `us-east-1`, `apne1` for `ap-northeast-1`, `usgw1` for `us-gov-west-1`. */
function shortRegion(region: string): string {
  const [area = "", ...rest] = region.split("-");
  const directions = rest.map((part) =>
    part.replace(/^(north|south)(east|west)$/, (_, a: string, b: string) => a[0]! + b[0]!),
  );
  return area + directions.map((part) => (/^\d+$/.test(part) || part.length === 2 ? part : part[0])).join("");
}

/** What names inside a VPC end with, https://docs.aws.amazon.com/vpc/latest/userguide/vpc-dns.html */
export function internalDomain(region: string): string {
  return region === "us-east-1" ? "ec2.internal" : `${region}.compute.internal`;
}

/** The Regions that AWS enables for every account. */
export const REGIONS = [
  "ap-northeast-1",
  "ap-northeast-2",
  "ap-northeast-3",
  "ap-south-1",
  "ap-southeast-1",
  "ap-southeast-2",
  "ca-central-1",
  "eu-central-1",
  "eu-north-1",
  "eu-west-1",
  "eu-west-2",
  "eu-west-3",
  "sa-east-1",
  "us-east-1",
  "us-east-2",
  "us-west-1",
  "us-west-2",
];

/** Those that an account is to opt in to. */
export const OPT_IN_REGIONS = [
  "af-south-1",
  "ap-east-1",
  "ap-east-2",
  "ap-south-2",
  "ap-southeast-3",
  "ap-southeast-4",
  "ap-southeast-5",
  "ap-southeast-6",
  "ap-southeast-7",
  "ca-west-1",
  "eu-central-2",
  "eu-south-1",
  "eu-south-2",
  "il-central-1",
  "me-central-1",
  "me-south-1",
  "mx-central-1",
];
