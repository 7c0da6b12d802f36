import { AwsError } from "../../base/errors.ts";
import type { RepositoryAddress } from "../../registry/records.ts";

// Most of ECR's exceptions are the registry's own, for they also reach clients of the OCI protocol.
export { imageNotFound, invalidParameter } from "../../registry/errors.ts";

export function accessDenied(principalArn: string, operation: string, resourceArn: string): AwsError {
  return new AwsError(
    "AccessDeniedException",
    `User: ${principalArn} is not authorized to perform: ecr:${operation} on resource: ${resourceArn} because no resource-based policy allows the ecr:${operation} action`,
    400,
  );
}

/** Nothing has changed: the repository has that image, under that tag. */
export function imageAlreadyExists(
  { scope, name }: RepositoryAddress,
  digest: string,
  tag: string | undefined,
): AwsError {
  const tagged = tag === undefined ? "" : ` and tag '${tag}'`;
  return new AwsError(
    "ImageAlreadyExistsException",
    `Image with digest '${digest}'${tagged} already exists in the repository with name '${name}' in registry with id '${scope.account}'`,
  );
}

export function layerAlreadyExists({ scope, name }: RepositoryAddress, digest: string): AwsError {
  return new AwsError(
    "LayerAlreadyExistsException",
    `Layer with digest '${digest}' already exists in the repository with name '${name}' in registry with id '${scope.account}'`,
  );
}

export function layerNotFound({ scope, name }: RepositoryAddress, digest: string): AwsError {
  return new AwsError(
    "LayersNotFoundException",
    `Layers with digests '[${digest}]' do not exist in the repository with name '${name}' in the registry with id '${scope.account}'`,
  );
}

/** The caller uploads a part before completing. */
export function emptyUpload({ name }: RepositoryAddress, uploadId: string): AwsError {
  return new AwsError(
    "EmptyUploadException",
    `The upload with upload id '${uploadId}' in the repository with name '${name}' has no layer parts`,
  );
}

export function tooManyTags(limit: number): AwsError {
  return new AwsError("TooManyTagsException", `A repository may have up to ${limit} tags`);
}

export function invalidTag(key: string): AwsError {
  return new AwsError(
    "InvalidTagParameterException",
    `The tag key '${key}' is invalid: keys have 1 to 128 characters, values up to 256, and keys do not begin with 'aws:'`,
  );
}

export function repositoryPolicyNotFound({ scope, name }: RepositoryAddress): AwsError {
  return new AwsError(
    "RepositoryPolicyNotFoundException",
    `Repository policy does not exist for the repository with name '${name}' in the registry with id '${scope.account}'`,
  );
}
