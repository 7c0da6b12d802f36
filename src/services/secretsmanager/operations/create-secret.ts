import type { CreateSecretRequest, CreateSecretResponse } from "@aws-sdk/client-secrets-manager";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { writeSecret } from "../changes.ts";
import { nameMarkedForDeletion, notOnReplica, notSupported, secretExists, versionExists } from "../errors.ts";
import { isReplica } from "../existing.ts";
import { checkName, newSuffix, secretArn } from "../identifiers.ts";
import { versionIdOf, withVersion } from "../new-version.ts";
import type { SecretRecord } from "../records.ts";
import { newReplicas } from "../replica-regions.ts";
import type { SecretsManager } from "../secrets-manager.ts";
import { withTags } from "../tags.ts";
import { checkKey, customerKey, hasValue, openValue, requestedValue, sameValue } from "../values.ts";
import { replicationView, secretView } from "../views.ts";

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html */
export function createSecret(secrets: SecretsManager) {
  return async (input: CreateSecretRequest, { scope, caller }: RequestContext): Promise<CreateSecretResponse> => {
    if (input.Type !== undefined) throw notSupported("Type");
    const name = input.Name!;
    checkName(name);
    const value = requestedValue(input);
    const token = value ? versionIdOf(input.ClientRequestToken) : input.ClientRequestToken;
    const replicas = newReplicas(scope, input.AddReplicaRegions ?? []);
    const now = new Date(secrets.clock.now());
    const wanted: SecretRecord = {
      name,
      suffix: newSuffix(),
      description: input.Description,
      kmsKeyId: customerKey(scope, input.KmsKeyId),
      tags: input.Tags && withTags([], input.Tags),
      createdAt: now,
      changedAt: now,
      versions: [],
      ...(replicas.length ? { primaryRegion: scope.region } : {}),
      replicas,
    };
    return await secrets.exclusively(scope, name, async () => {
      const known = await secrets.records.secrets.get(scopeKey(scope), name);
      if (known) {
        await checkRepeated(known);
        return { ...secretView(scope, known), VersionId: token };
      }
      if (!value) await checkKey(secrets, scope, wanted, caller);
      const change = value && { versionId: token!, value };
      const first = change ? await withVersion(secrets, scope, wanted, change, caller) : { secret: wanted };
      const overwrite = input.ForceOverwriteReplicaSecret;
      const made = await writeSecret(secrets, scope, { ...first!, overwrite }, caller);
      return {
        ...secretView(scope, made),
        ...(change ? { VersionId: token } : {}),
        ...(replicas.length ? { ReplicationStatus: await replicationView(secrets, scope, made) } : {}),
      };
    });

    /** A request that was sent twice has made its secret already. */
    async function checkRepeated(known: SecretRecord): Promise<void> {
      if (known.deletesAt) throw nameMarkedForDeletion();
      if (isReplica(scope, known)) throw notOnReplica();
      const sent = value && token !== undefined && (await hasValue(secrets, scope, known, token));
      if (!sent) throw secretExists(name);
      if (!sameValue(await openValue(secrets, scope, known, token, caller), value))
        throw versionExists(token, secretArn(scope, known));
    }
  };
}
