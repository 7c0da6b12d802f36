import type { AccessPointDescription, CreateAccessPointRequest } from "@aws-sdk/client-efs";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { requestedEnforcement } from "../access-points.ts";
import type { Efs } from "../efs.ts";
import { accessPointExists, accessPointLimitExceeded } from "../errors.ts";
import { availableFileSystem } from "../existing.ts";
import { newAccessPointId } from "../identifiers.ts";
import type { AccessPointRecord } from "../records.ts";
import { withTags } from "../tags.ts";
import { accessPointView } from "../views.ts";

/** Of a file system: https://docs.aws.amazon.com/efs/latest/ug/limits.html */
const MAX_ACCESS_POINTS = 10_000;

/** https://docs.aws.amazon.com/efs/latest/ug/API_CreateAccessPoint.html */
export function createAccessPoint(efs: Efs) {
  return async (input: CreateAccessPointRequest, { scope }: RequestContext): Promise<AccessPointDescription> => {
    const enforcement = requestedEnforcement(input);
    const clientToken = input.ClientToken ?? efs.ids.uuid(); // the SDKs always send one
    const key = scopeKey(scope);
    const record = await efs.store.transaction(async () => {
      const { fileSystemId } = await availableFileSystem(efs, scope, input.FileSystemId!);
      const [earlier] = await efs.records.accessPoints.list(key, { where: { clientToken }, limit: 1 });
      if (earlier) throw accessPointExists(clientToken, earlier.accessPointId);
      if ((await efs.records.accessPoints.count(key, { fileSystemId })) >= MAX_ACCESS_POINTS)
        throw accessPointLimitExceeded(MAX_ACCESS_POINTS);
      const made: AccessPointRecord = {
        accessPointId: newAccessPointId(efs.ids),
        clientToken,
        fileSystemId,
        ...enforcement,
        tags: withTags([], input.Tags ?? []),
      };
      await efs.records.accessPoints.insert(key, made.accessPointId, made);
      return made;
    });
    return accessPointView(scope, record);
  };
}
