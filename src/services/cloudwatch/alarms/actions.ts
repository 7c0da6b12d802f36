import { parseArn } from "../../../base/arn.ts";
import type { AlarmState } from "../../../control/alarm-states.ts";
import { validationError } from "../errors.ts";

interface GivenActions {
  OKActions?: string[] | undefined;
  AlarmActions?: string[] | undefined;
  InsufficientDataActions?: string[] | undefined;
}

/**
 * The actions of a request by their states.
 * @throws AwsError ValidationError for what is no ARN
 */
export function givenActions(input: GivenActions): Record<AlarmState, string[]> {
  const { OKActions = [], AlarmActions = [], InsufficientDataActions = [] } = input;
  for (const action of [...OKActions, ...AlarmActions, ...InsufficientDataActions])
    if (!parseArn(action)) throw validationError(`Invalid arn syntax: ${action}`);
  return { OK: OKActions, ALARM: AlarmActions, INSUFFICIENT_DATA: InsufficientDataActions };
}
