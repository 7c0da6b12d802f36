import type { Repository } from "@aws-sdk/client-ecr";
import { formatArn, parseArn } from "../../base/arn.ts";
import type { Scope } from "../../base/scope.ts";
import type { RepositoryAddress, RepositoryRecord } from "../../registry/records.ts";
import { isRepositoryName } from "../../registry/reference.ts";
import type { Registry } from "../../registry/registry.ts";
import type { RequestContext } from "../../wire/context.ts";
import { accessDenied, invalidParameter } from "./errors.ts";

/** What the operations of ECR work on. */
export interface Ecr {
  registry: Registry;
}

/**
 * The repository that a request is about.
 * @throws AwsError `AccessDeniedException` for another account's registry: no repository has a policy that lets others in
 */
export function addressOf(
  context: RequestContext,
  operation: string,
  input: { registryId?: string; repositoryName?: string },
): RepositoryAddress {
  requireOwnRegistry(context, operation, input.registryId, input.repositoryName);
  return { scope: context.scope, name: input.repositoryName! };
}

/** @throws AwsError `AccessDeniedException` when `registryId` is another account than the caller's */
export function requireOwnRegistry(
  context: RequestContext,
  operation: string,
  registryId: string | undefined,
  repositoryName = "*",
): void {
  if (registryId === undefined || registryId === context.scope.account) return;
  const owner = { account: registryId, region: context.scope.region };
  throw accessDenied(context.principal.arn, operation, repositoryArn({ scope: owner, name: repositoryName }));
}

export function repositoryArn({ scope, name }: RepositoryAddress): string {
  return formatArn("ecr", scope, `repository/${name}`);
}

/**
 * The repository of an ARN in the caller's scope.
 * @throws AwsError `InvalidParameterException`
 */
export function addressOfArn(scope: Scope, text: string): RepositoryAddress {
  const arn = parseArn(text);
  const name = /^repository\/(.+)$/.exec(arn?.resource ?? "")?.[1];
  const isOurs = arn?.service === "ecr" && arn.account === scope.account && arn.region === scope.region;
  if (!isOurs || name === undefined || !isRepositoryName(name)) throw invalidParameter("resourceArn", "Invalid ARN");
  return { scope, name };
}

/**
 * Where image clients reach the registry: the host as the caller spelled it, but `localhost` for any loopback address.
 * Docker speaks plain HTTP to both without configuration; one spelling makes one `docker login` good for all of them, and
 * `[::1]` is no valid reference for every client.
 */
export function registryHost(host: string): string {
  const url = URL.parse(`http://${host}`);
  const isLoopback = url !== null && /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(url.hostname);
  return isLoopback ? `localhost${url.port && `:${url.port}`}` : host;
}

/** The repository as the API shows it. */
export function describeRepository(repository: RepositoryRecord, context: RequestContext): Repository {
  const address = { scope: context.scope, name: repository.name };
  return {
    repositoryArn: repositoryArn(address),
    registryId: context.scope.account,
    repositoryName: repository.name,
    repositoryUri: `${registryHost(context.host)}/${repository.name}`,
    createdAt: repository.createdAt,
    imageTagMutability: repository.tagMutability,
    imageTagMutabilityExclusionFilters: exclusionFilters(repository),
    imageScanningConfiguration: { scanOnPush: false },
    encryptionConfiguration: { encryptionType: "AES256" },
  };
}

/** The tags that the mutability setting does not hold for; absent when there are none. */
export function exclusionFilters(repository: RepositoryRecord): Repository["imageTagMutabilityExclusionFilters"] {
  const filters = repository.mutabilityExclusions.map((filter) => ({ filterType: "WILDCARD" as const, filter }));
  return filters.length ? filters : undefined;
}
