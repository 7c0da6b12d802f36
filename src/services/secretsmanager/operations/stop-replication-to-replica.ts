import type {
  StopReplicationToReplicaRequest,
  StopReplicationToReplicaResponse,
} from "@aws-sdk/client-secrets-manager";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { invalidParameter } from "../errors.ts";
import { isReplica, livingSecret } from "../existing.ts";
import { parseSecretId } from "../identifiers.ts";
import type { SecretsManager } from "../secrets-manager.ts";
import { secretView } from "../views.ts";

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_StopReplicationToReplica.html */
export function stopReplicationToReplica(secrets: SecretsManager) {
  return async (
    { SecretId }: StopReplicationToReplicaRequest,
    { scope }: RequestContext,
  ): Promise<StopReplicationToReplicaResponse> => {
    const { records, store } = secrets;
    return await secrets.exclusively(scope, parseSecretId(scope, SecretId!).name, async () => {
      const copy = await livingSecret(secrets, scope, SecretId!);
      if (!isReplica(scope, copy)) throw invalidParameter("Operation not permitted on a primary secret.");
      const origin = scopeKey({ ...scope, region: copy.primaryRegion! });
      await store.transaction(async () => {
        await records.secrets.put(scopeKey(scope), copy.name, { ...copy, primaryRegion: scope.region });
        await records.secrets.update(origin, copy.name, (now) => ({
          ...now,
          replicas: now.replicas.filter(({ region }) => now.suffix !== copy.suffix || region !== scope.region),
        }));
      });
      return { ARN: secretView(scope, copy).ARN };
    });
  };
}
