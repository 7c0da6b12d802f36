import type {
  GetParametersForImportRequest,
  GetParametersForImportResponse,
  WrappingKeySpec,
} from "@aws-sdk/client-kms";
import type { RequestContext } from "../../../wire/context.ts";
import { invalidOrigin, notBuilt, unsupported } from "../errors.ts";
import { canWrap } from "../imported-material.ts";
import { formatImportToken } from "../import-tokens.ts";
import { exportPrivateKey, exportPublicKey, generatePair } from "../key-material.ts";
import { factsOf, keySpecFacts, type KeySpecFacts } from "../key-specs.ts";
import { NOT_PENDING_DELETION, requireState } from "../key-state.ts";
import type { Kms } from "../kms.ts";
import { ownKey } from "../requests.ts";

const DAY_MS = 86_400_000;

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_GetParametersForImport.html: good for a day */
export function getParametersForImport(kms: Kms) {
  return async (
    { KeyId, WrappingAlgorithm, WrappingKeySpec }: GetParametersForImportRequest,
    context: RequestContext,
  ): Promise<GetParametersForImportResponse> => {
    const { key, arn } = await ownKey(kms, context, "GetParametersForImport", KeyId);
    if (key.origin !== "EXTERNAL") throw invalidOrigin(arn, key.origin);
    requireState(key, arn, NOT_PENDING_DELETION);
    if (!canWrap(WrappingAlgorithm!, factsOf(key)))
      throw unsupported(`The wrapping algorithm ${WrappingAlgorithm} is not supported for key spec ${key.spec}.`);
    const pair = await generatePair(wrappingKey(WrappingKeySpec!));
    const validTo = kms.clock.now() + DAY_MS;
    const facts = { algorithm: WrappingAlgorithm!, validTo, privateKey: exportPrivateKey(pair) };
    return {
      KeyId: arn,
      ImportToken: formatImportToken(kms, arn, facts),
      PublicKey: exportPublicKey(pair),
      ParametersValidTo: new Date(validTo),
    };
  };
}

function wrappingKey(spec: WrappingKeySpec): KeySpecFacts {
  const facts = keySpecFacts(spec);
  if (facts?.kind !== "rsa") throw notBuilt(`The wrapping key spec ${spec}`);
  return facts;
}
