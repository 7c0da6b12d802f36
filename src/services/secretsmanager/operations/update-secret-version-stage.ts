import type {
  UpdateSecretVersionStageRequest,
  UpdateSecretVersionStageResponse,
} from "@aws-sdk/client-secrets-manager";
import type { RequestContext } from "../../../wire/context.ts";
import { changeSecret } from "../changes.ts";
import { currentNotRemovable, invalidParameter, stageAttached } from "../errors.ts";
import type { VersionRecord } from "../records.ts";
import type { SecretsManager } from "../secrets-manager.ts";
import { CURRENT, labelVersion, unlabel } from "../versions.ts";
import { secretView } from "../views.ts";

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UpdateSecretVersionStage.html */
export function updateSecretVersionStage(secrets: SecretsManager) {
  return async (
    input: UpdateSecretVersionStageRequest,
    { scope, caller }: RequestContext,
  ): Promise<UpdateSecretVersionStageResponse> => {
    const secret = await changeSecret(secrets, scope, input.SecretId!, caller, (now) => ({
      secret: { ...now, changedAt: new Date(secrets.clock.now()), versions: moved(now.versions, input) },
    }));
    return secretView(scope, secret);
  };
}

/** @throws AwsError InvalidParameterException */
function moved(
  versions: readonly VersionRecord[],
  { VersionStage, RemoveFromVersionId: from, MoveToVersionId: to }: UpdateSecretVersionStageRequest,
): VersionRecord[] {
  const stage = VersionStage!;
  if (from === undefined && to === undefined)
    throw invalidParameter("You must specify RemoveFromVersionId, MoveToVersionId, or both.");
  for (const id of [from, to])
    if (id !== undefined && !versions.some(({ versionId }) => versionId === id))
      throw invalidParameter(`Not a valid version: ${id}`);
  const attached = versions.find(({ stages }) => stages.includes(stage))?.versionId;
  if (from !== undefined && attached !== from)
    throw invalidParameter(`Version stage ${stage} not found in version ${from}`);
  if (to === undefined) {
    if (stage === CURRENT) throw currentNotRemovable();
    return unlabel(versions, stage);
  }
  if (attached !== undefined && attached !== to && from === undefined) throw stageAttached(stage, attached);
  return labelVersion(versions, to, [stage]);
}
