import type { KeyState } from "@aws-sdk/client-kms";
import { disabled, invalidState } from "./errors.ts";
import type { KeyRecord } from "./records.ts";

type State = Extract<KeyState, "Enabled" | "Disabled" | "PendingDeletion" | "PendingImport">;

/** https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html */
export function keyState(key: KeyRecord): State {
  if (key.deletionDate) return "PendingDeletion";
  const used = key.materials.filter(({ pending }) => !pending);
  if (used.length === 0 || used.some(({ sealed }) => !sealed)) return "PendingImport";
  return key.enabled ? "Enabled" : "Disabled";
}

/** Of operations that only a key to be deleted refuses. */
export const NOT_PENDING_DELETION: readonly State[] = ["Enabled", "Disabled", "PendingImport"];

/**
 * @param states in which an operation is possible: what uses a key wants it enabled
 * @throws AwsError DisabledException, KMSInvalidStateException
 */
export function requireState(key: KeyRecord, arn: string, states: readonly State[] = ["Enabled"]): void {
  const state = keyState(key);
  if (states.includes(state)) return;
  throw state === "Disabled" ? disabled(arn) : invalidState(arn, STATE_WORDS[state]);
}

const STATE_WORDS = { Enabled: "enabled", PendingDeletion: "pending deletion", PendingImport: "pending import" };
