import type { GrantListEntry } from "@aws-sdk/client-kms";
import type { Scope } from "../../base/scope.ts";
import { keyArn } from "./arns.ts";
import type { GrantRecord } from "./records.ts";

/** A grant as lists tell it. */
export function grantEntry(scope: Scope, grant: GrantRecord): GrantListEntry {
  return {
    KeyId: keyArn(scope, grant.keyId),
    GrantId: grant.grantId,
    Name: grant.name ?? "",
    CreationDate: grant.createdAt,
    GranteePrincipal: grant.granteePrincipal,
    IssuingAccount: grant.issuingAccount,
    Operations: grant.operations,
    ...(grant.retiringPrincipal === undefined ? {} : { RetiringPrincipal: grant.retiringPrincipal }),
    ...(grant.constraints ? { Constraints: grant.constraints } : {}),
  };
}
