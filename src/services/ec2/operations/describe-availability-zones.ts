import type {
  AvailabilityZone,
  DescribeAvailabilityZonesRequest,
  DescribeAvailabilityZonesResult,
} from "@aws-sdk/client-ec2";
import type { RequestContext } from "../../../wire/context.ts";
import { invalidParameterValue } from "../errors.ts";
import { filterRecords, type FilterValues } from "../select.ts";
import { type Zone, zonesOf } from "../zones.ts";

type TaglessZone = Zone & { tags: [] };

/**
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeAvailabilityZones.html: all zones are in the answer
 * always, as no Region here has local ones to opt in to.
 */
export function describeAvailabilityZones() {
  return async (
    { ZoneNames, ZoneIds, Filters }: DescribeAvailabilityZonesRequest,
    { scope }: RequestContext,
  ): Promise<DescribeAvailabilityZonesResult> => {
    const zones = zonesOf(scope.region);
    const wrongName = ZoneNames?.find((name) => !zones.some((zone) => zone.zoneName === name));
    if (wrongName !== undefined) throw invalidParameterValue(`Invalid availability zone: [${wrongName}]`);
    const wrongId = ZoneIds?.find((id) => !zones.some((zone) => zone.zoneId === id));
    if (wrongId !== undefined) throw invalidParameterValue(`Invalid availability zone-id: [${wrongId}]`);
    const named = zones
      .filter(
        ({ zoneName, zoneId }) =>
          (ZoneNames ?? [zoneName]).includes(zoneName) && (ZoneIds ?? [zoneId]).includes(zoneId),
      )
      .map((zone): TaglessZone => ({ ...zone, tags: [] }));
    const AvailabilityZones = filterRecords(named, Filters, filters(scope.region)).map((zone) =>
      view(zone, scope.region),
    );
    return { AvailabilityZones };
  };
}

function view({ zoneName, zoneId }: Zone, region: string): AvailabilityZone {
  return {
    ZoneName: zoneName,
    ZoneId: zoneId,
    ZoneType: "availability-zone",
    RegionName: region,
    GroupName: `${region}-zg-1`,
    NetworkBorderGroup: region,
    OptInStatus: "opt-in-not-required",
    State: "available",
    Messages: [],
  };
}

function filters(region: string): FilterValues<TaglessZone> {
  return {
    message: () => [],
    "parent-zone-id": () => [],
    "parent-zone-name": () => [],
    "parent-zoneID": () => [],
    "parent-zoneName": () => [],
    "group-name": () => [`${region}-zg-1`],
    "opt-in-status": () => ["opt-in-not-required"],
    "region-name": () => [region],
    state: () => ["available"],
    "zone-id": (zone) => [zone.zoneId],
    "zone-name": (zone) => [zone.zoneName],
    "zone-type": () => ["availability-zone"],
  };
}
