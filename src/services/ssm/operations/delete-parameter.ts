import type { DeleteParameterRequest, DeleteParameterResult } from "@aws-sdk/client-ssm";
import type { RequestContext } from "../../../wire/context.ts";
import { parameterNotFound } from "../errors.ts";
import { deleteNamed } from "../parameters.ts";
import type { Ssm } from "../ssm.ts";

/** https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DeleteParameter.html */
export function deleteParameter(ssm: Ssm) {
  return async ({ Name }: DeleteParameterRequest, { scope }: RequestContext): Promise<DeleteParameterResult> => {
    if (!(await deleteNamed(ssm, scope, Name!))) throw parameterNotFound();
    return {};
  };
}
