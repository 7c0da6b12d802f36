import { defineService, type ServiceDefinition } from "../../wire/service.ts";
import { getCallerIdentity } from "./operations/get-caller-identity.ts";

/** AWS Security Token Service: who a request's signer is. */
export function stsService(): ServiceDefinition {
  return defineService<typeof import("@aws-sdk/client-sts")>(
    {
      name: "sts",
      signingName: "sts",
      protocols: ["awsQuery"],
      version: "2011-06-15",
      xmlNamespace: "https://sts.amazonaws.com/doc/2011-06-15/",
      validationErrorCode: "ValidationError",
      sdk: () => import("@aws-sdk/client-sts"),
      bounds: async () => (await import("../../../generated/bounds/sts.json", { with: { type: "json" } })).default,
    },
    { GetCallerIdentity: getCallerIdentity() },
  );
}
