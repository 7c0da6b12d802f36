import type {
  RemoveRegionsFromReplicationRequest,
  RemoveRegionsFromReplicationResponse,
} from "@aws-sdk/client-secrets-manager";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { removeSecret } from "../changes.ts";
import { primarySecret } from "../existing.ts";
import { parseSecretId } from "../identifiers.ts";
import { isCopyOf } from "../replication.ts";
import type { SecretsManager } from "../secrets-manager.ts";
import { replicationView, secretView } from "../views.ts";

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RemoveRegionsFromReplication.html */
export function removeRegionsFromReplication(secrets: SecretsManager) {
  return async (
    { SecretId, RemoveReplicaRegions }: RemoveRegionsFromReplicationRequest,
    { scope }: RequestContext,
  ): Promise<RemoveRegionsFromReplicationResponse> => {
    const { records, store } = secrets;
    return await secrets.exclusively(scope, parseSecretId(scope, SecretId!).name, async () => {
      const secret = await primarySecret(secrets, scope, SecretId!);
      const replicas = secret.replicas.filter(({ region }) => !RemoveReplicaRegions!.includes(region));
      await store.transaction(async () => {
        for (const region of RemoveReplicaRegions!) {
          const there = { ...scope, region };
          const copy = await records.secrets.get(scopeKey(there), secret.name);
          if (copy && isCopyOf(scope, secret, there, copy)) await removeSecret(secrets, there, copy);
        }
        await records.secrets.put(scopeKey(scope), secret.name, { ...secret, replicas });
      });
      const ReplicationStatus = await replicationView(secrets, scope, { ...secret, replicas });
      return { ARN: secretView(scope, secret).ARN, ReplicationStatus };
    });
  };
}
