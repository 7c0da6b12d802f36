import type { BatchGetImageRequest, BatchGetImageResponse, Image, ImageFailure } from "@aws-sdk/client-ecr";
import type { RequestContext } from "../../../wire/context.ts";
import { addressOf, type Ecr } from "../ecr.ts";
import { identifierFailure, imageIdOf, notFound, tagDoesNotMatchDigest } from "../image-ids.ts";

/** https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_BatchGetImage.html */
export function batchGetImage({ registry }: Ecr) {
  return async (input: BatchGetImageRequest, context: RequestContext): Promise<BatchGetImageResponse> => {
    const address = addressOf(context, "BatchGetImage", input);
    await registry.repositories.get(address);
    const images: Image[] = [];
    const failures: ImageFailure[] = [];
    for (const imageId of input.imageIds ?? []) {
      const invalid = identifierFailure(imageId);
      const id = imageIdOf(imageId);
      const found = invalid ? undefined : await registry.images.read(address, id, "pull");
      if (found && (input.acceptedMediaTypes?.includes(found.image.mediaType) ?? true))
        images.push({
          registryId: address.scope.account,
          repositoryName: address.name,
          imageId: { imageDigest: found.image.digest, imageTag: id.tag },
          imageManifest: found.text,
          imageManifestMediaType: found.image.mediaType,
        });
      else if (invalid) failures.push(invalid);
      else if (await registry.images.isMismatch(address, id)) failures.push(tagDoesNotMatchDigest(imageId));
      else failures.push(notFound(imageId));
    }
    return { images, failures };
  };
}
