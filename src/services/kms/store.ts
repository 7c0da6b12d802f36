import type { Store } from "../../store/store.ts";
import type { AliasRecord, GrantRecord, KeyRecord } from "./records.ts";

/** The collections of KMS. */
export function kmsCollections(store: Store) {
  return {
    keys: store.collection({
      name: "kms_key",
      columns: { due: "integer" },
      indexes: [["due"]],
      values: (key: KeyRecord) => ({ due: nextDue(key) ?? null }),
    }),
    aliases: store.collection({
      name: "kms_alias",
      columns: { keyId: "text" },
      values: ({ keyId }: AliasRecord) => ({ keyId }),
    }),
    grants: store.collection({
      name: "kms_grant",
      columns: { keyId: "text", retiringPrincipal: "text" },
      indexes: [["scope", "keyId"], ["retiringPrincipal"]],
      values: ({ keyId, retiringPrincipal }: GrantRecord) => ({ keyId, retiringPrincipal: retiringPrincipal ?? null }),
    }),
  };
}

export type KmsCollections = ReturnType<typeof kmsCollections>;

/** When the clock next changes something of a key (milliseconds since 1970): deletion, expiry or rotation. */
export function nextDue(key: KeyRecord): number | undefined {
  if (key.deletionDate) return key.deletionDate.getTime();
  const times = key.materials.filter(({ sealed }) => sealed).map(({ expiresAt }) => expiresAt?.getTime());
  if (key.rotation && key.enabled) times.push(key.rotation.nextAt.getTime());
  const known = times.filter((time) => time !== undefined);
  return known.length > 0 ? Math.min(...known) : undefined;
}
