import type { GetParametersRequest, GetParametersResult, Parameter } from "@aws-sdk/client-ssm";
import { AwsError } from "../../../base/errors.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { readParameter } from "../reading.ts";
import type { Ssm } from "../ssm.ts";

const MISSING = ["ParameterNotFound", "ParameterVersionNotFound"];

/** https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameters.html */
export function getParameters(ssm: Ssm) {
  return async (
    { Names, WithDecryption: decrypt = false }: GetParametersRequest,
    { scope, caller }: RequestContext,
  ): Promise<GetParametersResult> => {
    const found: Parameter[] = [];
    const missing: string[] = [];
    for (const name of new Set(Names)) {
      try {
        found.push(await readParameter(ssm, scope, name, { decrypt, caller }));
      } catch (cause) {
        if (!(cause instanceof AwsError && MISSING.includes(cause.code))) throw cause;
        missing.push(name);
      }
    }
    return { Parameters: found, InvalidParameters: missing };
  };
}
