import type { DescribeTagsRequest, DescribeTagsResponse } from "@aws-sdk/client-efs";
import type { RequestContext } from "../../../wire/context.ts";
import type { Efs } from "../efs.ts";
import { fileSystemOf } from "../existing.ts";
import { page, placeByIndex } from "../page.ts";

/** The older form of ListTagsForResource. https://docs.aws.amazon.com/efs/latest/ug/API_DescribeTags.html */
export function describeTags(efs: Efs) {
  return async (input: DescribeTagsRequest, { scope }: RequestContext): Promise<DescribeTagsResponse> => {
    const { FileSystemId, Marker, MaxItems } = input;
    const { tags } = await fileSystemOf(efs, scope, FileSystemId!);
    const { items, next } = page(tags, { limit: MaxItems, token: Marker }, "tags", placeByIndex);
    return { Marker, Tags: items, NextMarker: next };
  };
}
