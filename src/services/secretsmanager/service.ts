import { defineService, type ServiceDefinition } from "../../wire/service.ts";
import { secretsManagerRules } from "./authorization.ts";
import { batchGetSecretValue } from "./operations/batch-get-secret-value.ts";
import { cancelRotateSecret } from "./operations/cancel-rotate-secret.ts";
import { createSecret } from "./operations/create-secret.ts";
import { deleteResourcePolicy } from "./operations/delete-resource-policy.ts";
import { deleteSecret } from "./operations/delete-secret.ts";
import { describeSecret } from "./operations/describe-secret.ts";
import { getRandomPassword } from "./operations/get-random-password.ts";
import { getResourcePolicy } from "./operations/get-resource-policy.ts";
import { getSecretValue } from "./operations/get-secret-value.ts";
import { listSecretVersionIds } from "./operations/list-secret-version-ids.ts";
import { listSecrets } from "./operations/list-secrets.ts";
import { putResourcePolicy } from "./operations/put-resource-policy.ts";
import { putSecretValue } from "./operations/put-secret-value.ts";
import { removeRegionsFromReplication } from "./operations/remove-regions-from-replication.ts";
import { replicateSecretToRegions } from "./operations/replicate-secret-to-regions.ts";
import { restoreSecret } from "./operations/restore-secret.ts";
import { rotateSecret } from "./operations/rotate-secret.ts";
import { stopReplicationToReplica } from "./operations/stop-replication-to-replica.ts";
import { tagResource } from "./operations/tag-resource.ts";
import { untagResource } from "./operations/untag-resource.ts";
import { updateSecret } from "./operations/update-secret.ts";
import { updateSecretVersionStage } from "./operations/update-secret-version-stage.ts";
import { validateResourcePolicy } from "./operations/validate-resource-policy.ts";
import type { SecretsManager } from "./secrets-manager.ts";

/** AWS Secrets Manager, https://docs.aws.amazon.com/secretsmanager/latest/apireference/Welcome.html */
export function secretsManagerService(secrets: SecretsManager): ServiceDefinition {
  return defineService<typeof import("@aws-sdk/client-secrets-manager")>(
    {
      name: "secretsmanager",
      signingName: "secretsmanager",
      protocols: ["awsJson1_1"],
      targetPrefix: "secretsmanager",
      version: "2017-10-17",
      validationErrorCode: "ValidationException",
      sdk: () => import("@aws-sdk/client-secrets-manager"),
      bounds: async () =>
        (await import("../../../generated/bounds/secretsmanager.json", { with: { type: "json" } })).default,
    },
    {
      BatchGetSecretValue: batchGetSecretValue(secrets),
      CancelRotateSecret: cancelRotateSecret(secrets),
      CreateSecret: createSecret(secrets),
      DeleteResourcePolicy: deleteResourcePolicy(secrets),
      DeleteSecret: deleteSecret(secrets),
      DescribeSecret: describeSecret(secrets),
      GetRandomPassword: getRandomPassword(),
      GetResourcePolicy: getResourcePolicy(secrets),
      GetSecretValue: getSecretValue(secrets),
      ListSecretVersionIds: listSecretVersionIds(secrets),
      ListSecrets: listSecrets(secrets),
      PutResourcePolicy: putResourcePolicy(secrets),
      PutSecretValue: putSecretValue(secrets),
      RemoveRegionsFromReplication: removeRegionsFromReplication(secrets),
      ReplicateSecretToRegions: replicateSecretToRegions(secrets),
      RestoreSecret: restoreSecret(secrets),
      RotateSecret: rotateSecret(secrets),
      StopReplicationToReplica: stopReplicationToReplica(secrets),
      TagResource: tagResource(secrets),
      UntagResource: untagResource(secrets),
      UpdateSecret: updateSecret(secrets),
      UpdateSecretVersionStage: updateSecretVersionStage(secrets),
      ValidateResourcePolicy: validateResourcePolicy(secrets),
    },
    secretsManagerRules(secrets),
  );
}
