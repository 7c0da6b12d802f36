import type { DescribeKeyRequest, DescribeKeyResponse } from "@aws-sdk/client-kms";
import type { RequestContext } from "../../../wire/context.ts";
import { keyMetadata } from "../key-metadata.ts";
import { findKey } from "../key-reference.ts";
import type { Kms } from "../kms.ts";
import { checkUseOptions } from "../requests.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_DescribeKey.html */
export function describeKey(kms: Kms) {
  return async (input: DescribeKeyRequest, { scope }: RequestContext): Promise<DescribeKeyResponse> => {
    checkUseOptions(kms, input);
    return { KeyMetadata: keyMetadata(await findKey(kms, scope, input.KeyId!, { aliases: true })) };
  };
}
