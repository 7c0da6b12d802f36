import type { ScheduleKeyDeletionRequest, ScheduleKeyDeletionResponse } from "@aws-sdk/client-kms";
import type { RequestContext } from "../../../wire/context.ts";
import { validationError } from "../errors.ts";
import { NOT_PENDING_DELETION, requireState } from "../key-state.ts";
import type { Kms } from "../kms.ts";
import { changeKey } from "../requests.ts";

const DAYS = { least: 7, most: 30, usual: 30 };
const DAY_MS = 86_400_000;

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_ScheduleKeyDeletion.html: the key is deleted when the days are over */
export function scheduleKeyDeletion(kms: Kms) {
  return async (
    { KeyId, PendingWindowInDays = DAYS.usual }: ScheduleKeyDeletionRequest,
    context: RequestContext,
  ): Promise<ScheduleKeyDeletionResponse> => {
    if (PendingWindowInDays < DAYS.least || PendingWindowInDays > DAYS.most)
      throw validationError(`PendingWindowInDays must be between ${DAYS.least} and ${DAYS.most}, inclusive.`);
    const deletionDate = new Date(kms.clock.now() + PendingWindowInDays * DAY_MS);
    const { arn } = await changeKey(kms, context, "ScheduleKeyDeletion", KeyId, (found) => {
      requireState(found.key, found.arn, NOT_PENDING_DELETION);
      return { ...found.key, deletionDate };
    });
    return { KeyId: arn, DeletionDate: deletionDate, KeyState: "PendingDeletion", PendingWindowInDays };
  };
}
