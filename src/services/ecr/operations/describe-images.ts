import type { DescribeImagesRequest, DescribeImagesResponse, ImageDetail, ImageIdentifier } from "@aws-sdk/client-ecr";
import type { TaggedImage } from "../../../registry/images.ts";
import type { RepositoryAddress } from "../../../registry/records.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { addressOf, type Ecr } from "../ecr.ts";
import { imageNotFound, invalidParameter } from "../errors.ts";
import { selectImages } from "../image-filter.ts";
import { imageIdOf } from "../image-ids.ts";
import { pageOf } from "../paging.ts";

/** https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribeImages.html */
export function describeImages(ecr: Ecr) {
  return async (input: DescribeImagesRequest, context: RequestContext): Promise<DescribeImagesResponse> => {
    const address = addressOf(context, "DescribeImages", input);
    await ecr.registry.repositories.get(address);
    if (input.imageIds) {
      if (input.nextToken !== undefined || input.maxResults !== undefined)
        throw invalidParameter("imageIds", "must not be used with nextToken or maxResults");
      const found = selectImages(await namedImages(ecr, address, input.imageIds), input.filter);
      return { imageDetails: found.map((image) => imageDetail(address, image)) };
    }
    const images = selectImages(await ecr.registry.images.list(address), input.filter);
    const { page, nextToken } = pageOf(images, ({ image }) => image.digest, input);
    return { imageDetails: page.map((image) => imageDetail(address, image)), nextToken };
  };
}

/** The images of the identifiers, each once. */
async function namedImages(
  { registry }: Ecr,
  address: RepositoryAddress,
  ids: readonly ImageIdentifier[],
): Promise<TaggedImage[]> {
  const found = new Map<string, TaggedImage>();
  for (const id of ids.map(imageIdOf)) {
    if (id.digest === undefined && id.tag === undefined)
      throw invalidParameter("imageIds", "both tag and digest cannot be null");
    const image = await registry.images.find(address, id);
    if (!image) throw imageNotFound(address, id);
    if (!found.has(image.digest))
      found.set(image.digest, { image, tags: await registry.images.tagsOf(address, image.digest) });
  }
  return [...found.values()];
}

function imageDetail({ scope, name }: RepositoryAddress, { image, tags }: TaggedImage): ImageDetail {
  return {
    registryId: scope.account,
    repositoryName: name,
    imageDigest: image.digest,
    imageTags: tags.length ? tags : undefined,
    imageSizeInBytes: image.imageSize,
    imagePushedAt: image.pushedAt,
    imageManifestMediaType: image.mediaType,
    artifactMediaType: image.artifactMediaType,
    lastRecordedPullTime: image.lastPulledAt,
    subjectManifestDigest: image.subject ?? undefined,
    imageStatus: "ACTIVE",
  };
}
