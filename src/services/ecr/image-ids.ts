import type { ImageFailure, ImageIdentifier } from "@aws-sdk/client-ecr";
import type { ImageId } from "../../registry/images.ts";

const DIGEST = /^[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+$/;
const TAG = /^\w[\w.-]*$/;

/** The registry's form of an image identifier. */
export function imageIdOf({ imageDigest, imageTag }: ImageIdentifier): ImageId {
  return { digest: imageDigest, tag: imageTag };
}

/** Why an image identifier cannot mean an image, for the batch operations. */
export function identifierFailure(imageId: ImageIdentifier): ImageFailure | undefined {
  const { imageDigest, imageTag } = imageId;
  const invalid = "Invalid request parameters:";
  if (imageDigest === undefined && imageTag === undefined)
    return failure(imageId, "MissingDigestAndTag", `${invalid} both tag and digest cannot be null`);
  if (imageDigest !== undefined && !DIGEST.test(imageDigest))
    return failure(
      imageId,
      "InvalidImageDigest",
      `${invalid} image digest should satisfy the regex '[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+'`,
    );
  if (imageTag !== undefined && !TAG.test(imageTag))
    return failure(imageId, "InvalidImageTag", `${invalid} image tag should satisfy the regex '\\w[\\w.-]*'`);
  return undefined;
}

export const notFound = (imageId: ImageIdentifier) => failure(imageId, "ImageNotFound", "Requested image not found");

export const tagDoesNotMatchDigest = (imageId: ImageIdentifier) =>
  failure(
    imageId,
    "ImageTagDoesNotMatchDigest",
    "Invalid request parameters: given tag does not map to the given digest",
  );

export const referencedByManifestList = (imageId: ImageIdentifier, lists: string[]) =>
  failure(
    imageId,
    "ImageReferencedByManifestList",
    `Requested image referenced by manifest list: [${lists.join(", ")}]`,
  );

function failure(
  imageId: ImageIdentifier,
  failureCode: NonNullable<ImageFailure["failureCode"]>,
  failureReason: string,
): ImageFailure {
  return { imageId, failureCode, failureReason };
}
