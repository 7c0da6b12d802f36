import type { ImageIdentifier, ListImagesRequest, ListImagesResponse } from "@aws-sdk/client-ecr";
import type { RequestContext } from "../../../wire/context.ts";
import { addressOf, type Ecr } from "../ecr.ts";
import { selectImages } from "../image-filter.ts";
import { pageOf } from "../paging.ts";

/**
 * One entry for each tag of an image, or one for an image without.
 * https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ListImages.html
 */
export function listImages({ registry }: Ecr) {
  return async (input: ListImagesRequest, context: RequestContext): Promise<ListImagesResponse> => {
    const address = addressOf(context, "ListImages", input);
    await registry.repositories.get(address);
    const images = selectImages(await registry.images.list(address), input.filter);
    const imageIds = images.flatMap(({ image: { digest }, tags }): ImageIdentifier[] =>
      tags.length ? tags.map((imageTag) => ({ imageDigest: digest, imageTag })) : [{ imageDigest: digest }],
    );
    const { page, nextToken } = pageOf(imageIds, (id) => `${id.imageDigest} ${id.imageTag ?? ""}`, input);
    return { imageIds: page, nextToken };
  };
}
