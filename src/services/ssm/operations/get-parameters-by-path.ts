import type { GetParametersByPathRequest, GetParametersByPathResult } from "@aws-sdk/client-ssm";
import type { RequestContext } from "../../../wire/context.ts";
import { compileFilters, PATH_KEYS } from "../filters.ts";
import { hierarchyOf, listParameters } from "../listing.ts";
import { isPublic } from "../names.ts";
import { versionsOf } from "../parameters.ts";
import { publicPage } from "../public-parameters.ts";
import type { ParameterRecord } from "../records.ts";
import type { Ssm } from "../ssm.ts";
import { openValue } from "../values.ts";
import { parameterView } from "../views.ts";

const DEFAULT_RESULTS = 10;

/** https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParametersByPath.html */
export function getParametersByPath(ssm: Ssm) {
  return async (
    input: GetParametersByPathRequest,
    { scope, caller }: RequestContext,
  ): Promise<GetParametersByPathResult> => {
    const {
      Recursive: recursive = false,
      WithDecryption: decrypt = false,
      MaxResults: limit = DEFAULT_RESULTS,
    } = input;
    const listing = { prefix: hierarchyOf(input.Path!), recursive, limit, token: input.NextToken };
    const filters = input.ParameterFilters ?? [];
    const passes = compileFilters(filters, PATH_KEYS);
    if (isPublic(listing.prefix)) return publicPage(scope, listing);
    // A label may be on a version that is not the latest: then that one is meant.
    const byLabel = filters.some(({ Key }) => Key === "Label");
    const candidates = async (parameter: ParameterRecord) =>
      byLabel ? await versionsOf(ssm, scope, parameter) : [parameter.latest];
    const wanted = ({ labels, latest, ...parameter }: ParameterRecord) =>
      byLabel ? Object.keys(labels).length > 0 : passes({ ...parameter, labels, version: latest });
    const { parameters, next } = await listParameters(ssm, scope, { ...listing, wanted });
    const found = [];
    for (const parameter of parameters)
      for (const version of await candidates(parameter)) {
        if (!passes({ ...parameter, version })) continue;
        const value = await openValue(ssm, scope, parameter.name, version.value, { decrypt, caller });
        found.push(parameterView(scope, { parameter, version }, value));
      }
    return { Parameters: found, NextToken: next };
  };
}
