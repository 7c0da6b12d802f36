import type { DescribeVolumesRequest, DescribeVolumesResult } from "@aws-sdk/client-ec2";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ec2 } from "../ec2.ts";
import type { VolumeRecord } from "../records.ts";
import { filterRecords, type FilterValues, page, recordsByIds } from "../select.ts";
import { volumeView } from "../volumes.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVolumes.html */
export function describeVolumes(ec2: Ec2) {
  return async (input: DescribeVolumesRequest, { scope }: RequestContext): Promise<DescribeVolumesResult> => {
    const all = await ec2.records.volumes.list(scopeKey(scope));
    const named = recordsByIds(all, input.VolumeIds, "vol", idOf);
    const { items, NextToken } = page(filterRecords(named, input.Filters, filters), input, idOf);
    return { Volumes: items.map(volumeView), NextToken };
  };
}

const idOf = (volume: VolumeRecord) => volume.volumeId;

const filters: FilterValues<VolumeRecord> = {
  "attachment.attach-time": (volume) => [volume.attachedAt?.toISOString()],
  "attachment.delete-on-termination": (volume) => (volume.attachedAt ? [volume.deleteOnTermination] : []),
  "attachment.status": (volume) => (volume.attachedAt ? ["attached"] : []),
  "availability-zone": (volume) => [volume.availabilityZone],
  "create-time": (volume) => [volume.createdAt.toISOString()],
  encrypted: (volume) => [volume.encryption !== undefined],
  "multi-attach-enabled": () => [false],
  size: (volume) => [volume.sizeGiB],
  status: (volume) => [volume.state],
  "volume-id": (volume) => [volume.volumeId],
  "volume-type": (volume) => [volume.volumeType],
};
