import type { ResourceIdPreference } from "@aws-sdk/client-efs";
import type { PreferencesRecord } from "./records.ts";

/** The id of a scope's one document. */
export const PREFERENCES = "account";

export function preferencesView(resourceIdType: PreferencesRecord["resourceIdType"]): ResourceIdPreference {
  return { ResourceIdType: resourceIdType, Resources: ["FILE_SYSTEM", "MOUNT_TARGET"] };
}
