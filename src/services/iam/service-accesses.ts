import type { Scope } from "../../base/scope.ts";
import { TABLE_SERVICES } from "../../identity/policy/action-facts.ts";
import type { Iam } from "./iam.ts";
import type { LastUseRecord } from "./records.ts";
import { iamKey } from "./store.ts";

/** Where it is kept when a user or role last asked something of a service. @param entityId `AIDA…`, `AROA…` */
export function accessId(entityId: string, service: string): string {
  return `${entityId}/${service}`;
}

export async function lastAccess(
  iam: Iam,
  scope: Pick<Scope, "account">,
  entityId: string,
  service: string,
): Promise<LastUseRecord | undefined> {
  return await iam.lastUses.get(iamKey(scope), accessId(entityId, service));
}

/** Of a user or role that is deleted. */
export async function forgetAccesses(iam: Iam, scope: Pick<Scope, "account">, entityId: string): Promise<void> {
  for (const service of TABLE_SERVICES) await iam.lastUses.forget(iamKey(scope), accessId(entityId, service));
}
