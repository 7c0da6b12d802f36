import type { Store } from "../../store/store.ts";
import type { ParameterRecord, SettingRecord, VersionRecord } from "./records.ts";

/** The collections of Parameter Store. */
export function ssmCollections(store: Store) {
  return {
    /** By path: the name with its leading slash. */
    parameters: store.collection({
      name: "ssm_parameter",
      columns: { tier: "text", expiresAt: "integer" },
      values: ({ latest, expiresAt }: ParameterRecord) => ({
        tier: latest.tier,
        expiresAt: expiresAt?.getTime() ?? null,
      }),
    }),
    /** Versions that are not the latest, by `versionId`. */
    versions: store.collection<VersionRecord, never>({
      name: "ssm_parameter_version",
      columns: {},
      values: () => ({}),
    }),
    /** By setting id. */
    settings: store.collection<SettingRecord, never>({ name: "ssm_setting", columns: {}, values: () => ({}) }),
  };
}

export type SsmCollections = ReturnType<typeof ssmCollections>;
