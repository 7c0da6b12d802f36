import type { Parameter } from "@aws-sdk/client-ssm";
import type { Scope } from "../../base/scope.ts";
import type { Caller } from "../../identity/caller.ts";
import { parameterNotFound, versionNotFound } from "./errors.ts";
import { isPublic, parseReference } from "./names.ts";
import { versionFor } from "./parameters.ts";
import { publicParameter } from "./public-parameters.ts";
import { isSecretReference, referencedSecret } from "./secret-references.ts";
import type { Ssm } from "./ssm.ts";
import { openValue } from "./values.ts";
import { parameterView } from "./views.ts";

/** In whose name a value is read, and whether it is decrypted. */
export interface Reading {
  decrypt: boolean;
  caller: Caller;
}

/**
 * A parameter by its name or ARN, with a version or label behind it: one of the account's, one of AWS's, or a secret.
 * @throws AwsError ParameterNotFound, ParameterVersionNotFound, ValidationException, InvalidKeyId, AccessDeniedException
 */
export async function readParameter(ssm: Ssm, scope: Scope, text: string, reading: Reading): Promise<Parameter> {
  if (isSecretReference(text)) return await referencedSecret(ssm, scope, text, reading);
  const { name, selector } = parseReference(scope, text);
  if (isPublic(name)) {
    const parameter = publicParameter(scope, name);
    if (!parameter) throw parameterNotFound();
    if (selector !== undefined && selector !== "1") throw versionNotFound(name, selector);
    return selector === undefined ? parameter : { ...parameter, Selector: `:${selector}` };
  }
  const found = await versionFor(ssm, scope, text);
  const value = await openValue(ssm, scope, found.parameter.name, found.version.value, reading);
  return parameterView(scope, found, value);
}
