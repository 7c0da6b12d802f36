import type {
  ReplicateSecretToRegionsRequest,
  ReplicateSecretToRegionsResponse,
} from "@aws-sdk/client-secrets-manager";
import type { RequestContext } from "../../../wire/context.ts";
import { changeSecret } from "../changes.ts";
import { invalidParameter } from "../errors.ts";
import { newReplicas } from "../replica-regions.ts";
import type { SecretsManager } from "../secrets-manager.ts";
import { replicationView, secretView } from "../views.ts";

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ReplicateSecretToRegions.html */
export function replicateSecretToRegions(secrets: SecretsManager) {
  return async (
    { SecretId, AddReplicaRegions, ForceOverwriteReplicaSecret }: ReplicateSecretToRegionsRequest,
    { scope, caller }: RequestContext,
  ): Promise<ReplicateSecretToRegionsResponse> => {
    const added = newReplicas(scope, AddReplicaRegions!);
    const secret = await changeSecret(secrets, scope, SecretId!, caller, (now) => {
      const kept = now.replicas.filter((replica) => !added.some(({ region }) => region === replica.region));
      const copied = now.replicas.find((replica) => replica.status === "InSync" && !kept.includes(replica));
      if (copied) throw invalidParameter(`The secret is already replicated to the Region ${copied.region}.`);
      const wanted = { ...now, primaryRegion: scope.region, replicas: [...kept, ...added] };
      return { secret: wanted, overwrite: ForceOverwriteReplicaSecret };
    });
    return { ARN: secretView(scope, secret).ARN, ReplicationStatus: await replicationView(secrets, scope, secret) };
  };
}
