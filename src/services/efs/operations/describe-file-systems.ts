import type { DescribeFileSystemsRequest, DescribeFileSystemsResponse } from "@aws-sdk/client-efs";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import type { Efs } from "../efs.ts";
import { fileSystemOf } from "../existing.ts";
import { page } from "../page.ts";
import { fileSystemView } from "../views.ts";

/** https://docs.aws.amazon.com/efs/latest/ug/API_DescribeFileSystems.html */
export function describeFileSystems(efs: Efs) {
  return async (input: DescribeFileSystemsRequest, { scope }: RequestContext): Promise<DescribeFileSystemsResponse> => {
    const { FileSystemId, CreationToken, Marker, MaxItems } = input;
    const where = CreationToken === undefined ? {} : { creationToken: CreationToken };
    const all =
      FileSystemId === undefined
        ? await efs.records.fileSystems.list(scopeKey(scope), { where })
        : [await fileSystemOf(efs, scope, FileSystemId)];
    const found = CreationToken === undefined ? all : all.filter((each) => each.creationToken === CreationToken);
    const { items, next } = page(
      found,
      { limit: MaxItems, token: Marker },
      "file-systems",
      (each) => each.fileSystemId,
    );
    return {
      Marker,
      FileSystems: await Promise.all(items.map((each) => fileSystemView(efs, scope, each))),
      NextMarker: next,
    };
  };
}
