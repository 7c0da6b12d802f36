import { AwsError } from "../base/errors.ts";
import type { RepositoryAddress } from "./records.ts";

// Amazon ECR says the same in its API and, in other codes, through the OCI protocol, so these are its API's exceptions;
// http/errors.ts has their codes in the OCI protocol. https://docs.aws.amazon.com/AmazonECR/latest/APIReference/

/** The caller may create the repository. */
export function repositoryNotFound({ scope, name }: RepositoryAddress): AwsError {
  return new AwsError(
    "RepositoryNotFoundException",
    `The repository with name '${name}' does not exist in the registry with id '${scope.account}'`,
  );
}

export function repositoryAlreadyExists({ scope, name }: RepositoryAddress): AwsError {
  return new AwsError(
    "RepositoryAlreadyExistsException",
    `The repository with name '${name}' already exists in the registry with id '${scope.account}'`,
  );
}

/** The caller may delete the images or ask with `force`. */
export function repositoryNotEmpty({ scope, name }: RepositoryAddress): AwsError {
  return new AwsError(
    "RepositoryNotEmptyException",
    `The repository with name '${name}' in registry with id '${scope.account}' cannot be deleted because it still contains images`,
  );
}

export function imageNotFound({ scope, name }: RepositoryAddress, id: { digest?: string; tag?: string }): AwsError {
  return new AwsError(
    "ImageNotFoundException",
    `The image with imageId {imageDigest:'${id.digest ?? "null"}', imageTag:'${id.tag ?? "null"}'} does not exist within the repository with name '${name}' in the registry with id '${scope.account}'`,
  );
}

export function imageTagAlreadyExists({ name }: RepositoryAddress, tag: string): AwsError {
  return new AwsError(
    "ImageTagAlreadyExistsException",
    `The image tag '${tag}' already exists in the '${name}' repository and cannot be overwritten because the tag is immutable.`,
  );
}

/** The manifest is not what its digest says. */
export function imageDigestDoesNotMatch({ scope, name }: RepositoryAddress, digest: string): AwsError {
  return new AwsError(
    "ImageDigestDoesNotMatchException",
    `The image with digest '${digest}' in repository '${name}' and registry ID '${scope.account}' does not match the image digest that Amazon ECR has calculated.`,
  );
}

/** The caller pushes the layers before the manifest. */
export function layersNotFound({ scope, name }: RepositoryAddress, digests: string[]): AwsError {
  return new AwsError(
    "LayersNotFoundException",
    `Layers with digests '[${digests.join(", ")}]' required for pushing image into repository with name '${name}' in the registry with id '${scope.account}' do not exist`,
  );
}

/** The caller pushes the images of an index before the index. */
export function referencedImagesNotFound({ scope, name }: RepositoryAddress, digests: string[]): AwsError {
  return new AwsError(
    "ReferencedImagesNotFoundException",
    `Images with digests '[${digests.join(", ")}]' required for pushing image into repository with name '${name}' in the registry with id '${scope.account}' do not exist`,
  );
}

/** An upload that was completed, cancelled, idle for a day, or begun before a restart; the caller begins anew. */
export function uploadNotFound({ scope, name }: RepositoryAddress, id: string): AwsError {
  return new AwsError(
    "UploadNotFoundException",
    `An upload with upload id '${id}' could not be found in the repository with name '${name}' in the registry with id '${scope.account}'`,
  );
}

/** A part does not begin where the last one ended; `size` bytes have been received. */
export function invalidLayerPart(
  { scope, name }: RepositoryAddress,
  id: string,
  first: number,
  size: number,
): AwsError {
  return new AwsError(
    "InvalidLayerPartException",
    `The layer part starting at byte ${first} does not continue the upload with upload id '${id}', which has ${size} bytes`,
    undefined,
    { registryId: scope.account, repositoryName: name, uploadId: id, lastValidByteReceived: size - 1 },
  );
}

/** What was uploaded is not what its digest says. */
export function invalidLayer(digest: string, calculated: string): AwsError {
  return new AwsError(
    "InvalidLayerException",
    `The layer digest '${digest}' does not match the digest '${calculated}' of what was uploaded`,
  );
}

/** A parameter that AWS's model allows and AWS does not. */
export function invalidParameter(parameter: string, constraint: string): AwsError {
  return new AwsError(
    "InvalidParameterException",
    `Invalid parameter at '${parameter}' failed to satisfy constraint: '${constraint}'`,
  );
}
