import type { DescribeImagesFilter } from "@aws-sdk/client-ecr";
import type { TaggedImage } from "../../registry/images.ts";

/** The images that a filter lets through. Images are never archived here: all are `ACTIVE`. */
export function selectImages(images: readonly TaggedImage[], filter: DescribeImagesFilter = {}): TaggedImage[] {
  const { tagStatus = "ANY", imageStatus = "ACTIVE" } = filter;
  if (imageStatus !== "ACTIVE" && imageStatus !== "ANY") return [];
  return images.filter(({ tags }) => tagStatus === "ANY" || (tagStatus === "TAGGED") === tags.length > 0);
}
