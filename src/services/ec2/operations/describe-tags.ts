import type { DescribeTagsRequest, DescribeTagsResult, Tag, TagDescription } from "@aws-sdk/client-ec2";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ec2 } from "../ec2.ts";
import { filterRecords, page, type FilterValues } from "../select.ts";
import { taggedResources, type TaggedResource } from "../tagged-resources.ts";

type TagRow = Required<Pick<TagDescription, "ResourceId" | "ResourceType" | "Key" | "Value">> & { tags: Tag[] };

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeTags.html */
export function describeTags(ec2: Ec2) {
  return async (input: DescribeTagsRequest, { scope }: RequestContext): Promise<DescribeTagsResult> => {
    const rows = (await taggedResources(ec2, scope)).flatMap(rowsOf).toSorted((a, b) => (idOf(a) < idOf(b) ? -1 : 1));
    const { items, NextToken } = page(filterRecords(rows, input.Filters, FILTERS), input, idOf);
    return {
      Tags: items.map(({ ResourceId, ResourceType, Key, Value }) => ({ ResourceId, ResourceType, Key, Value })),
      NextToken,
    };
  };
}

function rowsOf({ id, type, tags }: TaggedResource): TagRow[] {
  return tags.map(({ Key = "", Value = "" }) => ({
    ResourceId: id,
    ResourceType: type,
    Key,
    Value,
    tags: [{ Key, Value }],
  }));
}

const idOf = (row: TagRow) => `${row.ResourceId}/${row.Key}`;

const FILTERS: FilterValues<TagRow> = {
  key: (row) => [row.Key],
  value: (row) => [row.Value],
  "resource-id": (row) => [row.ResourceId],
  "resource-type": (row) => [row.ResourceType],
};
