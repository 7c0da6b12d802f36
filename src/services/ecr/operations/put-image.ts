import type { PutImageRequest, PutImageResponse } from "@aws-sdk/client-ecr";
import type { RequestContext } from "../../../wire/context.ts";
import { addressOf, type Ecr } from "../ecr.ts";
import { imageAlreadyExists } from "../errors.ts";

/** https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PutImage.html */
export function putImage({ registry }: Ecr) {
  return async (input: PutImageRequest, context: RequestContext): Promise<PutImageResponse> => {
    const address = addressOf(context, "PutImage", input);
    const { image, changed } = await registry.images.put(address, {
      bytes: Buffer.from(input.imageManifest!),
      mediaType: input.imageManifestMediaType,
      tag: input.imageTag,
      digest: input.imageDigest,
    });
    if (!changed) throw imageAlreadyExists(address, image.digest, input.imageTag);
    return {
      image: {
        registryId: address.scope.account,
        repositoryName: address.name,
        imageId: { imageDigest: image.digest, imageTag: input.imageTag },
        imageManifest: input.imageManifest,
        imageManifestMediaType: image.mediaType,
      },
    };
  };
}
