import type { ContainerDefinition, Secret } from "@aws-sdk/client-ecs";
import type { TaskRecord } from "../task-record.ts";

type Definition = Pick<TaskRecord, "definition">;

/** The secrets of a task's containers, and those of their log drivers. */
export function secretsOf({ definition }: Definition): { container: string; variable: boolean; secret: Secret }[] {
  return (definition.containerDefinitions ?? []).flatMap(({ name, secrets, logConfiguration }) => [
    ...(secrets ?? []).map((secret) => ({ container: name!, variable: true, secret })),
    ...(logConfiguration?.secretOptions ?? []).map((secret) => ({ container: name!, variable: false, secret })),
  ]);
}

export function hasSecrets({ definition }: Definition): boolean {
  return (definition.containerDefinitions ?? []).some(
    ({ secrets, logConfiguration }) => secrets?.length || logConfiguration?.secretOptions?.length,
  );
}

/** The secret that has the login of the registry of a container's image; `undefined` when it needs none. */
export function registrySecretOf({ repositoryCredentials }: ContainerDefinition): string | undefined {
  return repositoryCredentials?.credentialsParameter || undefined;
}
