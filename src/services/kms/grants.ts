import type { GrantConstraints, GrantOperation } from "@aws-sdk/client-kms";
import type { Principal } from "../../identity/principal.ts";
import { rootArn } from "./arns.ts";
import type { EncryptionContext } from "./ciphertext.ts";
import type { GrantRecord } from "./records.ts";

/** What a request asks of a key, as far as grants look at it. */
export interface GrantedRequest {
  /** Without its prefix: `Decrypt`. */
  operation: string;
  /** Of operations that know one. */
  encryptionContext?: EncryptionContext;
  /** Of RetireGrant: which. */
  grantId?: string;
  /** Of CreateGrant: a grant only passes on what it gives. */
  grant?: { operations: readonly GrantOperation[]; constraints?: GrantConstraints };
}

/** https://docs.aws.amazon.com/kms/latest/developerguide/grants.html#grants-grantee-operations */
export function grantAllows(grant: GrantRecord, principal: Principal, request: GrantedRequest): boolean {
  if (request.operation === "RetireGrant") return grant.grantId === request.grantId && mayRetire(grant, principal);
  return (
    (grant.operations as readonly string[]).includes(request.operation) &&
    isPrincipal(grant.granteePrincipal, principal) &&
    meets(grant.constraints, request.encryptionContext) &&
    (!request.grant || passesOn(grant, request.grant))
  );
}

/** Who retires, and whom a grant lets do so. */
function mayRetire(grant: GrantRecord, principal: Principal): boolean {
  if (grant.retiringPrincipal !== undefined && isPrincipal(grant.retiringPrincipal, principal)) return true;
  return grant.operations.includes("RetireGrant") && isPrincipal(grant.granteePrincipal, principal);
}

/** The statement of a policy that says to its grantee what a grant says of a request. */
export function grantStatement(grant: GrantRecord, { operation }: GrantedRequest): object {
  const AWS =
    operation === "RetireGrant"
      ? [grant.retiringPrincipal, grant.granteePrincipal].filter(Boolean)
      : grant.granteePrincipal;
  return { Effect: "Allow", Principal: { AWS }, Action: `kms:${operation}`, Resource: "*" };
}

/** Whether a principal's ARN means who asks: a user, a role in any session, a session, or the account. */
function isPrincipal(arn: string, principal: Principal): boolean {
  if (arn === principal.arn || arn === principal.accountId || arn === rootArn(principal.accountId)) return true;
  return principal.type === "AssumedRole" && arn === principal.roleArn;
}

/** Constraints count where an operation knows an encryption context. */
function meets(constraints: GrantConstraints | undefined, context: EncryptionContext | undefined): boolean {
  if (!constraints || !context) return true;
  const { EncryptionContextEquals: equals, EncryptionContextSubset: subset } = constraints;
  if (equals && !(contains(context, equals) && Object.keys(context).length === Object.keys(equals).length))
    return false;
  return !subset || contains(context, subset);
}

/** A grantee who may create grants gives no more than it has. */
function passesOn(grant: GrantRecord, wanted: NonNullable<GrantedRequest["grant"]>): boolean {
  if (!wanted.operations.every((operation) => grant.operations.includes(operation))) return false;
  const { EncryptionContextEquals: equals, EncryptionContextSubset: subset } = grant.constraints ?? {};
  const given = wanted.constraints;
  if (equals)
    return (
      given?.EncryptionContextEquals !== undefined &&
      meets({ EncryptionContextEquals: equals }, given.EncryptionContextEquals)
    );
  if (!subset) return true;
  return contains(given?.EncryptionContextEquals ?? given?.EncryptionContextSubset ?? {}, subset);
}

function contains(context: EncryptionContext, part: EncryptionContext): boolean {
  return Object.entries(part).every(([name, value]) => context[name] === value);
}
