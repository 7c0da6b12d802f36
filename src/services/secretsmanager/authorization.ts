import type {
  CreateSecretRequest,
  GetSecretValueRequest,
  ReplicateSecretToRegionsRequest,
} from "@aws-sdk/client-secrets-manager";
import { formatArn, parseArn } from "../../base/arn.ts";
import type { ActionCheck, AuthorizedResource, ConditionValues } from "../../identity/authorization.ts";
import type { AuthorizationContext, AuthorizationRule, AuthorizationRules } from "../../wire/authorization.ts";
import { check, conditions, removedTags, requestTags, tagValues } from "../../wire/checks.ts";
import { findSecret } from "./existing.ts";
import { secretArn } from "./identifiers.ts";
import type { SecretRecord } from "./records.ts";
import type { SecretsManager } from "./secrets-manager.ts";
import { CURRENT } from "./versions.ts";

type More<Input> = (input: Input) => Omit<ActionCheck, "action" | "resources">;

/**
 * What the operations of Secrets Manager need:
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html
 */
export function secretsManagerRules(
  secrets: SecretsManager,
): AuthorizationRules<typeof import("@aws-sdk/client-secrets-manager")> {
  const on =
    <Input extends { SecretId?: string | undefined }>(operation: string, more: More<Input> = () => ({})) =>
    async (input: Input, context: AuthorizationContext) => [
      check(`secretsmanager:${operation}`, await namedSecret(secrets, context, input.SecretId), more(input)),
    ];
  const create: AuthorizationRule<CreateSecretRequest> = (input, { scope }) => {
    // The random end of its ARN is not known yet.
    const secret = { arn: arnOf(scope, input.Name!), shownAs: input.Name! };
    const more = { conditions: { ...described(input), ...replicated(input) }, ...requestTags(input.Tags) };
    const actions = ["CreateSecret", ...(input.Tags?.length ? ["TagResource"] : [])];
    return actions.map((operation) => check(`secretsmanager:${operation}`, secret, more));
  };
  return {
    CancelRotateSecret: on("CancelRotateSecret"),
    CreateSecret: create,
    DeleteResourcePolicy: on("DeleteResourcePolicy"),
    DeleteSecret: on("DeleteSecret", ({ ForceDeleteWithoutRecovery, RecoveryWindowInDays }) => ({
      conditions: conditions({
        "secretsmanager:ForceDeleteWithoutRecovery": ForceDeleteWithoutRecovery,
        "secretsmanager:RecoveryWindowInDays": RecoveryWindowInDays,
      }),
    })),
    DescribeSecret: on("DescribeSecret"),
    GetResourcePolicy: on("GetResourcePolicy"),
    GetSecretValue: async (input, context) => [await readCheck(secrets, input, context)],
    ListSecretVersionIds: on("ListSecretVersionIds"),
    PutResourcePolicy: on("PutResourcePolicy", ({ BlockPublicPolicy }) => ({
      conditions: conditions({ "secretsmanager:BlockPublicPolicy": BlockPublicPolicy }),
    })),
    PutSecretValue: on("PutSecretValue"),
    RemoveRegionsFromReplication: on("RemoveRegionsFromReplication"),
    ReplicateSecretToRegions: on("ReplicateSecretToRegions", (input) => ({ conditions: replicated(input) })),
    RestoreSecret: on("RestoreSecret"),
    RotateSecret: on("RotateSecret", ({ RotationLambdaARN, RotationRules, RotateImmediately }) => ({
      conditions: conditions({
        "secretsmanager:RotationLambdaARN": RotationLambdaARN,
        "secretsmanager:ModifyRotationRules": RotationRules !== undefined,
        "secretsmanager:RotateImmediately": RotateImmediately,
      }),
    })),
    StopReplicationToReplica: on("StopReplicationToReplica"),
    TagResource: on("TagResource", ({ Tags }) => requestTags(Tags)),
    UntagResource: on("UntagResource", ({ TagKeys }) => removedTags(TagKeys)),
    UpdateSecret: on("UpdateSecret", (input) => ({ conditions: described(input) })),
    UpdateSecretVersionStage: on("UpdateSecretVersionStage", ({ VersionStage }) => ({
      conditions: conditions({ "secretsmanager:VersionStage": VersionStage }),
    })),
    ValidateResourcePolicy: on("ValidateResourcePolicy"),
  };
}

/** What must be allowed to read a secret's value. */
export async function readCheck(
  secrets: SecretsManager,
  { SecretId, VersionId, VersionStage }: GetSecretValueRequest,
  context: AuthorizationContext,
): Promise<ActionCheck> {
  const stage = VersionStage ?? (VersionId === undefined ? CURRENT : undefined);
  return check("secretsmanager:GetSecretValue", await namedSecret(secrets, context, SecretId), {
    conditions: conditions({ "secretsmanager:VersionId": VersionId, "secretsmanager:VersionStage": stage }),
  });
}

/** A secret with what policies may ask of it. @param arn its own */
export function secretResource(arn: string, secret: SecretRecord): AuthorizedResource {
  const tags = tagValues(secret.tags);
  const byTag = Object.entries(tags).map(([key, value]) => [`secretsmanager:ResourceTag/${key}`, value]);
  return {
    arn,
    policy: () => secret.policy,
    tags: () => tags,
    conditions: {
      ...Object.fromEntries(byTag),
      ...conditions({
        "secretsmanager:SecretId": arn,
        "secretsmanager:SecretPrimaryRegion": secret.primaryRegion,
        "secretsmanager:resource/AllowRotationLambdaArn": secret.rotation?.lambdaArn,
      }),
    },
  };
}

/**
 * The secret of a request; one that is not there by its name. Denials show it as the request did: neither whether it is
 * there, nor the random end of its ARN.
 */
async function namedSecret(
  secrets: SecretsManager,
  { scope }: AuthorizationContext,
  id: string | undefined,
): Promise<AuthorizedResource> {
  if (id === undefined) return { arn: "*" };
  const secret = await findSecret(secrets, scope, id);
  const resource = secret
    ? secretResource(secretArn(scope, secret), secret)
    : { arn: parseArn(id) ? id : arnOf(scope, id) };
  return { ...resource, shownAs: id };
}

function described({
  Name,
  Description,
  KmsKeyId,
}: Partial<Pick<CreateSecretRequest, "Name" | "Description" | "KmsKeyId">>): ConditionValues {
  return conditions({
    "secretsmanager:Name": Name,
    "secretsmanager:Description": Description,
    "secretsmanager:KmsKeyId": KmsKeyId,
    "secretsmanager:KmsKeyArn": KmsKeyId?.includes(":key/") ? KmsKeyId : undefined,
  });
}

function replicated({
  AddReplicaRegions,
  ForceOverwriteReplicaSecret,
}: Partial<
  Pick<ReplicateSecretToRegionsRequest, "AddReplicaRegions" | "ForceOverwriteReplicaSecret">
>): ConditionValues {
  return conditions({
    "secretsmanager:AddReplicaRegions": AddReplicaRegions?.map(({ Region = "" }) => Region),
    "secretsmanager:ForceOverwriteReplicaSecret": ForceOverwriteReplicaSecret,
  });
}

function arnOf(scope: AuthorizationContext["scope"], name: string): string {
  return formatArn("secretsmanager", scope, `secret:${name}`);
}
