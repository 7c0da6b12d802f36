import type { DescribeRegionsRequest, DescribeRegionsResult } from "@aws-sdk/client-ec2";
import type { RequestContext } from "../../../wire/context.ts";
import { invalidParameterValue } from "../errors.ts";
import { filterRecords, type FilterValues } from "../select.ts";
import { OPT_IN_REGIONS, REGIONS } from "../zones.ts";

interface RegionRecord {
  name: string;
  optIn: "opt-in-not-required" | "opted-in" | "not-opted-in";
  tags: [];
}

/**
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeRegions.html: every Region works here, also unlisted
 * ones; one that is to be opted in to counts as that once it is used.
 */
export function describeRegions() {
  return async (
    { RegionNames, AllRegions, Filters }: DescribeRegionsRequest,
    { scope }: RequestContext,
  ): Promise<DescribeRegionsResult> => {
    const known = [...new Set([...REGIONS, ...OPT_IN_REGIONS, scope.region])].toSorted();
    const wrong = RegionNames?.find((name) => !known.includes(name));
    if (wrong !== undefined) throw invalidParameterValue(`Invalid region provided: ${wrong}`);
    const named = known
      .map((name): RegionRecord => ({ name, optIn: optInStatus(name, scope.region), tags: [] }))
      .filter(({ name, optIn }) => RegionNames?.includes(name) ?? (AllRegions || optIn !== "not-opted-in"));
    const Regions = filterRecords(named, Filters, FILTERS).map(({ name, optIn }) => ({
      RegionName: name,
      Endpoint: endpointOf(name),
      OptInStatus: optIn,
    }));
    return { Regions };
  };
}

function optInStatus(name: string, used: string): RegionRecord["optIn"] {
  if (!OPT_IN_REGIONS.includes(name)) return "opt-in-not-required";
  return name === used ? "opted-in" : "not-opted-in";
}

function endpointOf(region: string): string {
  return `ec2.${region}.amazonaws.com`;
}

const FILTERS: FilterValues<RegionRecord> = {
  endpoint: ({ name }) => [endpointOf(name)],
  "opt-in-status": ({ optIn }) => [optIn],
  "region-name": ({ name }) => [name],
};
