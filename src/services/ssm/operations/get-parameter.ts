import type { GetParameterRequest, GetParameterResult } from "@aws-sdk/client-ssm";
import type { RequestContext } from "../../../wire/context.ts";
import { readParameter } from "../reading.ts";
import type { Ssm } from "../ssm.ts";

/** https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html */
export function getParameter(ssm: Ssm) {
  return async (
    { Name, WithDecryption: decrypt = false }: GetParameterRequest,
    { scope, caller }: RequestContext,
  ): Promise<GetParameterResult> => ({ Parameter: await readParameter(ssm, scope, Name!, { decrypt, caller }) });
}
