import type { EnableKeyRotationRequest } from "@aws-sdk/client-kms";
import type { RequestContext } from "../../../wire/context.ts";
import { validationError } from "../errors.ts";
import { rotationFrom } from "../key-changes.ts";
import { requireState } from "../key-state.ts";
import type { Kms } from "../kms.ts";
import { changeKey } from "../requests.ts";
import { requireRotatable } from "../rotations.ts";

const DAYS = { least: 90, most: 2560, usual: 365 };

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_EnableKeyRotation.html */
export function enableKeyRotation(kms: Kms) {
  return async (
    { KeyId, RotationPeriodInDays }: EnableKeyRotationRequest,
    context: RequestContext,
  ): Promise<object> => {
    const wanted = RotationPeriodInDays;
    if (wanted !== undefined && (wanted < DAYS.least || wanted > DAYS.most))
      throw validationError(
        `1 validation error detected: Value '${wanted}' at 'rotationPeriodInDays' failed to satisfy constraint: ` +
          (wanted < DAYS.least
            ? `Member must have value greater than or equal to ${DAYS.least}`
            : `Member must have value less than or equal to ${DAYS.most}`),
      );
    await changeKey(kms, context, "EnableKeyRotation", KeyId, (found) => {
      const { key, arn } = found;
      requireRotatable(found);
      requireState(key, arn);
      const days = wanted ?? key.rotation?.periodInDays ?? DAYS.usual;
      if (key.rotation?.periodInDays === days) return key;
      return { ...key, rotation: rotationFrom(kms.now(), days) };
    });
    return {};
  };
}
