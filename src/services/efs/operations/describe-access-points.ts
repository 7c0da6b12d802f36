import type { DescribeAccessPointsRequest, DescribeAccessPointsResponse } from "@aws-sdk/client-efs";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import type { Efs } from "../efs.ts";
import { badRequest } from "../errors.ts";
import { accessPointOf, fileSystemOf } from "../existing.ts";
import { page } from "../page.ts";
import { accessPointView } from "../views.ts";

/** https://docs.aws.amazon.com/efs/latest/ug/API_DescribeAccessPoints.html */
export function describeAccessPoints(efs: Efs) {
  return async (
    input: DescribeAccessPointsRequest,
    { scope }: RequestContext,
  ): Promise<DescribeAccessPointsResponse> => {
    const { AccessPointId, FileSystemId, MaxResults, NextToken } = input;
    if (AccessPointId !== undefined && FileSystemId !== undefined)
      throw badRequest("AccessPointId and FileSystemId cannot both be specified.");
    const where =
      FileSystemId === undefined ? {} : { fileSystemId: (await fileSystemOf(efs, scope, FileSystemId)).fileSystemId };
    const found =
      AccessPointId === undefined
        ? await efs.records.accessPoints.list(scopeKey(scope), { where })
        : [await accessPointOf(efs, scope, AccessPointId)];
    const place = { limit: MaxResults, token: NextToken };
    const { items, next } = page(found, place, "access-points", (each) => each.accessPointId);
    return { AccessPoints: items.map((each) => accessPointView(scope, each)), NextToken: next };
  };
}
