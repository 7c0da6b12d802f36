import type {
  BatchDeleteImageRequest,
  BatchDeleteImageResponse,
  ImageFailure,
  ImageIdentifier,
} from "@aws-sdk/client-ecr";
import type { Deletion } from "../../../registry/images.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { addressOf, type Ecr } from "../ecr.ts";
import {
  identifierFailure,
  imageIdOf,
  notFound,
  referencedByManifestList,
  tagDoesNotMatchDigest,
} from "../image-ids.ts";

/** https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_BatchDeleteImage.html */
export function batchDeleteImage({ registry }: Ecr) {
  return async (input: BatchDeleteImageRequest, context: RequestContext): Promise<BatchDeleteImageResponse> => {
    const address = addressOf(context, "BatchDeleteImage", input);
    await registry.repositories.get(address);
    const asked = input.imageIds ?? [];
    const valid = asked.filter((imageId) => !identifierFailure(imageId));
    const failures = asked.flatMap((imageId) => identifierFailure(imageId) ?? []);
    const deletions = await registry.deleteImages(address, valid.map(imageIdOf));
    for (const [i, deletion] of deletions.entries()) failures.push(...failureOf(valid[i]!, deletion));
    return { imageIds: deletions.flatMap(deletedIds), failures };
  };
}

function deletedIds(deletion: Deletion): ImageIdentifier[] {
  if (deletion.kind === "untagged") return [{ imageDigest: deletion.digest, imageTag: deletion.tag }];
  if (deletion.kind !== "deleted") return [];
  const { image, tags } = deletion.image;
  return tags.length
    ? tags.map((imageTag) => ({ imageDigest: image.digest, imageTag }))
    : [{ imageDigest: image.digest }];
}

function failureOf(imageId: ImageIdentifier, deletion: Deletion): ImageFailure[] {
  if (deletion.kind === "notFound") return [notFound(imageId)];
  if (deletion.kind === "mismatch") return [tagDoesNotMatchDigest(imageId)];
  if (deletion.kind === "referenced") return [referencedByManifestList(imageId, deletion.by)];
  return [];
}
