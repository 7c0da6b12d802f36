import type { Store } from "../../store/store.ts";
import type { AccessPointRecord, FileSystemRecord, MountTargetRecord, PreferencesRecord } from "./records.ts";

/** The collections of the EFS service. */
export function efsCollections(store: Store) {
  return {
    fileSystems: store.collection({
      name: "efs_file_system",
      columns: { creationToken: "text", state: "text" },
      values: ({ creationToken, state }: FileSystemRecord) => ({ creationToken, state }),
    }),
    mountTargets: store.collection({
      name: "efs_mount_target",
      columns: { fileSystemId: "text", state: "text" },
      values: ({ fileSystemId, state }: MountTargetRecord) => ({ fileSystemId, state }),
    }),
    accessPoints: store.collection({
      name: "efs_access_point",
      columns: { fileSystemId: "text", clientToken: "text" },
      values: ({ fileSystemId, clientToken }: AccessPointRecord) => ({ fileSystemId, clientToken }),
    }),
    preferences: store.collection<PreferencesRecord, never>({
      name: "efs_preferences",
      columns: {},
      values: () => ({}),
    }),
  };
}

export type EfsCollections = ReturnType<typeof efsCollections>;
