import type { Store } from "../../store/store.ts";
import type { SecretRecord, ValueRecord } from "./records.ts";

/** The collections of Secrets Manager. */
export function secretsManagerCollections(store: Store) {
  return {
    /** By name. */
    secrets: store.collection({
      name: "secretsmanager_secret",
      columns: { deletesAt: "integer", rotatesAt: "integer" },
      values: ({ deletesAt, rotation }: SecretRecord) => ({
        deletesAt: deletesAt?.getTime() ?? null,
        rotatesAt: rotation?.running ? 0 : (rotation?.enabled && rotation.nextAt?.getTime()) || null,
      }),
    }),
    /** By `valueId`. */
    values: store.collection<ValueRecord, never>({
      name: "secretsmanager_value",
      columns: {},
      values: () => ({}),
    }),
  };
}

export type SecretsManagerCollections = ReturnType<typeof secretsManagerCollections>;
