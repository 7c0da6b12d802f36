import type { GenerateMacRequest, GenerateMacResponse } from "@aws-sdk/client-kms";
import type { RequestContext } from "../../../wire/context.ts";
import type { Kms } from "../kms.ts";
import { makeMac, requireMac } from "../macs.ts";
import { endDryRun, usableKey } from "../requests.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_GenerateMac.html */
export function generateMac(kms: Kms) {
  return async (input: GenerateMacRequest, context: RequestContext): Promise<GenerateMacResponse> => {
    const { MacAlgorithm, Message } = input;
    const found = await usableKey(kms, context, input);
    requireMac(found, "GenerateMac", MacAlgorithm!);
    endDryRun(input.DryRun);
    return { Mac: makeMac(kms, found, MacAlgorithm!, Message!), MacAlgorithm, KeyId: found.arn };
  };
}
