import type { ServiceDefinition } from "../../wire/service.ts";
import type { Invoke } from "../../wire/invoke.ts";
import type { SecretReader } from "./ssm.ts";

/** Asks Secrets Manager as any client would: with the caller's rights, and so that it is in the audit trail. */
export function secretReader(services: readonly ServiceDefinition[], invoke: Invoke): SecretReader {
  const service = services.find(({ statics }) => statics.name === "secretsmanager");
  if (!service) throw new Error("there is no Secrets Manager");
  return (input, caller, scope) =>
    invoke<typeof import("@aws-sdk/client-secrets-manager"), "GetSecretValue">(
      service,
      "GetSecretValue",
      input,
      caller,
      scope,
    );
}
