import { defineService, type ServiceDefinition } from "../../wire/service.ts";
import { iamRules } from "./authorization.ts";
import type { Iam } from "./iam.ts";
import { policyOperations } from "./policy-operations.ts";
import { roleOperations } from "./role-operations.ts";
import { userOperations } from "./user-operations.ts";
import { iamWording } from "./violation-wording.ts";

/** AWS Identity and Access Management, https://docs.aws.amazon.com/IAM/latest/APIReference/welcome.html */
export function iamService(iam: Iam): ServiceDefinition {
  return defineService<typeof import("@aws-sdk/client-iam")>(
    {
      name: "iam",
      signingName: "iam",
      protocols: ["awsQuery"],
      version: "2010-05-08",
      xmlNamespace: "https://iam.amazonaws.com/doc/2010-05-08/",
      validationErrorCode: "ValidationError",
      violationWording: iamWording,
      sdk: () => import("@aws-sdk/client-iam"),
      bounds: async () => (await import("../../../generated/bounds/iam.json", { with: { type: "json" } })).default,
    },
    {
      ...policyOperations(iam),
      ...roleOperations(iam),
      ...userOperations(iam),
    },
    iamRules(iam),
  );
}
