import type { CreateMountTargetRequest, MountTargetDescription } from "@aws-sdk/client-efs";
import type { RequestContext } from "../../../wire/context.ts";
import type { Efs } from "../efs.ts";
import { createMountTargetRecord } from "../mount-targets.ts";
import { mountTargetView } from "../views.ts";

/** https://docs.aws.amazon.com/efs/latest/ug/API_CreateMountTarget.html */
export function createMountTarget(efs: Efs) {
  return async (input: CreateMountTargetRequest, { scope }: RequestContext): Promise<MountTargetDescription> => {
    const record = await createMountTargetRecord(efs, scope, input);
    efs.reconcileMountTarget(scope, record.mountTargetId);
    return mountTargetView(scope, record);
  };
}
