import type { DeleteParametersRequest, DeleteParametersResult } from "@aws-sdk/client-ssm";
import type { RequestContext } from "../../../wire/context.ts";
import { deleteNamed } from "../parameters.ts";
import type { Ssm } from "../ssm.ts";

/** https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DeleteParameters.html */
export function deleteParameters(ssm: Ssm) {
  return async ({ Names }: DeleteParametersRequest, { scope }: RequestContext): Promise<DeleteParametersResult> => {
    const deleted: string[] = [];
    const missing: string[] = [];
    for (const name of new Set(Names!)) ((await deleteNamed(ssm, scope, name)) ? deleted : missing).push(name);
    return { DeletedParameters: deleted, InvalidParameters: missing };
  };
}
