import { timingSafeEqual } from "node:crypto";
import type { VerifyMacRequest, VerifyMacResponse } from "@aws-sdk/client-kms";
import type { RequestContext } from "../../../wire/context.ts";
import { invalidMac } from "../errors.ts";
import type { Kms } from "../kms.ts";
import { makeMac, requireMac } from "../macs.ts";
import { endDryRun, usableKey } from "../requests.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_VerifyMac.html */
export function verifyMac(kms: Kms) {
  return async (input: VerifyMacRequest, context: RequestContext): Promise<VerifyMacResponse> => {
    const { MacAlgorithm, Message, Mac } = input;
    const found = await usableKey(kms, context, input);
    requireMac(found, "VerifyMac", MacAlgorithm!);
    endDryRun(input.DryRun);
    const expected = makeMac(kms, found, MacAlgorithm!, Message!);
    if (expected.length !== Mac!.length || !timingSafeEqual(expected, Mac!)) throw invalidMac();
    return { KeyId: found.arn, MacValid: true, MacAlgorithm };
  };
}
