import type { CustomerMasterKeySpec, GetPublicKeyRequest, GetPublicKeyResponse } from "@aws-sdk/client-kms";
import type { RequestContext } from "../../../wire/context.ts";
import { unsupported } from "../errors.ts";
import { keyAlgorithms } from "../key-metadata.ts";
import { findKey } from "../key-reference.ts";
import { factsOf } from "../key-specs.ts";
import { requireState } from "../key-state.ts";
import type { Kms } from "../kms.ts";
import { checkUseOptions } from "../requests.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_GetPublicKey.html */
export function getPublicKey(kms: Kms) {
  return async (input: GetPublicKeyRequest, { scope }: RequestContext): Promise<GetPublicKeyResponse> => {
    checkUseOptions(kms, input);
    const { key, arn } = await findKey(kms, scope, input.KeyId!, { aliases: true });
    const { kind } = factsOf(key);
    if (kind === "symmetric" || kind === "hmac")
      throw unsupported(`${arn} is not an asymmetric key and has no public key.`);
    requireState(key, arn);
    return {
      KeyId: arn,
      PublicKey: Buffer.from(key.publicKey!, "base64"),
      CustomerMasterKeySpec: key.spec as CustomerMasterKeySpec,
      KeySpec: key.spec,
      KeyUsage: key.usage,
      ...keyAlgorithms(key),
    };
  };
}
