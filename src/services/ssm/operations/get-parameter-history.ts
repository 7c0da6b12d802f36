import type { GetParameterHistoryRequest, GetParameterHistoryResult } from "@aws-sdk/client-ssm";
import { formatPageToken, readPageToken } from "../../../base/page-token.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { invalidNextToken } from "../errors.ts";
import { parameterOf, versionsOf } from "../parameters.ts";
import type { Ssm } from "../ssm.ts";
import { openValue } from "../values.ts";
import { historyView } from "../views.ts";

const DEFAULT_RESULTS = 50;

/** https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameterHistory.html */
export function getParameterHistory(ssm: Ssm) {
  return async (
    { Name, WithDecryption: decrypt = false, MaxResults = DEFAULT_RESULTS, NextToken }: GetParameterHistoryRequest,
    { scope, caller }: RequestContext,
  ): Promise<GetParameterHistoryResult> => {
    const parameter = await parameterOf(ssm, scope, Name!);
    const after = NextToken === undefined ? 0 : placeIn(NextToken);
    const left = (await versionsOf(ssm, scope, parameter)).filter(({ version }) => version > after);
    const shown = [];
    for (const version of left.slice(0, MaxResults)) {
      const value = await openValue(ssm, scope, parameter.name, version.value, { decrypt, caller });
      shown.push(historyView(parameter, version, value));
    }
    const more = left.length > shown.length;
    return {
      Parameters: shown,
      NextToken: more ? formatPageToken("history", [shown.at(-1)!.Version!]) : undefined,
    };
  };
}

function placeIn(token: string): number {
  const [place] = readPageToken("history", token) ?? [];
  if (typeof place !== "number") throw invalidNextToken();
  return place;
}
