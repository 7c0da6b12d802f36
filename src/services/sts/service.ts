import { defineService, type ServiceDefinition } from "../../wire/service.ts";
import { stsRules } from "./authorization.ts";
import { assumeRoleWithWebIdentity } from "./operations/assume-role-with-web-identity.ts";
import { assumeRole } from "./operations/assume-role.ts";
import { decodeAuthorizationMessage } from "./operations/decode-authorization-message.ts";
import { getAccessKeyInfo } from "./operations/get-access-key-info.ts";
import { getCallerIdentity } from "./operations/get-caller-identity.ts";
import { getSessionToken } from "./operations/get-session-token.ts";
import type { Sts } from "./sts.ts";

/** AWS Security Token Service: who a request's signer is, and temporary credentials. */
export function stsService(sts: Sts): ServiceDefinition {
  return defineService<typeof import("@aws-sdk/client-sts")>(
    {
      name: "sts",
      signingName: "sts",
      protocols: ["awsQuery"],
      version: "2011-06-15",
      xmlNamespace: "https://sts.amazonaws.com/doc/2011-06-15/",
      validationErrorCode: "ValidationError",
      unsigned: ["AssumeRoleWithWebIdentity"],
      sdk: () => import("@aws-sdk/client-sts"),
      bounds: async () => (await import("../../../generated/bounds/sts.json", { with: { type: "json" } })).default,
    },
    {
      AssumeRole: assumeRole(sts),
      AssumeRoleWithWebIdentity: assumeRoleWithWebIdentity(sts),
      DecodeAuthorizationMessage: decodeAuthorizationMessage(sts),
      GetAccessKeyInfo: getAccessKeyInfo(sts),
      GetCallerIdentity: getCallerIdentity(),
      GetSessionToken: getSessionToken(sts),
    },
    stsRules,
  );
}
