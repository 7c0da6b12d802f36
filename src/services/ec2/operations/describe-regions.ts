import type { DescribeRegionsRequest, DescribeRegionsResult } from "@aws-sdk/client-ec2";
import type { RequestContext } from "../../../wire/context.ts";
import { invalidParameterValue } from "../errors.ts";
import { filterRecords, type FilterValues } from "../select.ts";
import { REGIONS } from "../zones.ts";

interface RegionRecord {
  name: string;
  tags: [];
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeRegions.html: every Region works here, also unlisted ones. */
export function describeRegions() {
  return async (
    { RegionNames, Filters }: DescribeRegionsRequest,
    { scope }: RequestContext,
  ): Promise<DescribeRegionsResult> => {
    const known = [...new Set([...REGIONS, scope.region])].toSorted();
    const wrong = RegionNames?.find((name) => !known.includes(name));
    if (wrong !== undefined) throw invalidParameterValue(`Invalid region provided: ${wrong}`);
    const named = known
      .filter((name) => (RegionNames ?? [name]).includes(name))
      .map((name): RegionRecord => ({ name, tags: [] }));
    const Regions = filterRecords(named, Filters, FILTERS).map(({ name }) => ({
      RegionName: name,
      Endpoint: endpointOf(name),
      OptInStatus: "opt-in-not-required",
    }));
    return { Regions };
  };
}

function endpointOf(region: string): string {
  return `ec2.${region}.amazonaws.com`;
}

const FILTERS: FilterValues<RegionRecord> = {
  endpoint: ({ name }) => [endpointOf(name)],
  "opt-in-status": () => ["opt-in-not-required"],
  "region-name": ({ name }) => [name],
};
