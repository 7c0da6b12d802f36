import type { DescribeMountTargetsRequest, DescribeMountTargetsResponse } from "@aws-sdk/client-efs";
import { type Scope, scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import type { Efs } from "../efs.ts";
import { badRequest } from "../errors.ts";
import { accessPointOf, fileSystemOf, mountTargetOf } from "../existing.ts";
import { page } from "../page.ts";
import type { MountTargetRecord } from "../records.ts";
import { mountTargetView } from "../views.ts";

/** https://docs.aws.amazon.com/efs/latest/ug/API_DescribeMountTargets.html */
export function describeMountTargets(efs: Efs) {
  return async (
    input: DescribeMountTargetsRequest,
    { scope }: RequestContext,
  ): Promise<DescribeMountTargetsResponse> => {
    const { Marker, MaxItems } = input;
    const found = await asked(efs, scope, input);
    const { items, next } = page(
      found,
      { limit: MaxItems, token: Marker },
      "mount-targets",
      (each) => each.mountTargetId,
    );
    return { Marker, MountTargets: items.map((each) => mountTargetView(scope, each)), NextMarker: next };
  };
}

async function asked(
  efs: Efs,
  scope: Scope,
  { FileSystemId, MountTargetId, AccessPointId }: DescribeMountTargetsRequest,
): Promise<MountTargetRecord[]> {
  const named = [FileSystemId, MountTargetId, AccessPointId].filter((each) => each !== undefined);
  if (named.length !== 1)
    throw badRequest("Exactly one of FileSystemId, MountTargetId and AccessPointId must be specified.");
  if (MountTargetId !== undefined) return [await mountTargetOf(efs, scope, MountTargetId)];
  const of = FileSystemId === undefined ? accessPointOf : fileSystemOf;
  const { fileSystemId } = await of(efs, scope, named[0]!);
  return await efs.records.mountTargets.list(scopeKey(scope), { where: { fileSystemId } });
}
