import type { ImageTagMutability, ImageTagMutabilityExclusionFilter } from "@aws-sdk/client-ecr";
import type { RepositoryRecord } from "../../registry/records.ts";
import { invalidParameter } from "./errors.ts";

/**
 * The tag mutability that a request asks for. Exclusion filters belong to the `…_WITH_EXCLUSION` settings, which need
 * them.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-tag-mutability.html
 * @throws AwsError `InvalidParameterException`
 */
export function tagMutability(
  setting: ImageTagMutability = "MUTABLE",
  filters: readonly ImageTagMutabilityExclusionFilter[] = [],
): Pick<RepositoryRecord, "tagMutability" | "mutabilityExclusions"> {
  if (setting.endsWith("_WITH_EXCLUSION") !== filters.length > 0)
    throw invalidParameter(
      "imageTagMutabilityExclusionFilters",
      filters.length ? `must not be used with ${setting}` : `must be used with ${setting}`,
    );
  const mutabilityExclusions = filters.map(({ filter = "" }) => filter);
  for (const filter of mutabilityExclusions)
    if (filter.split("*").length > 3)
      throw invalidParameter("imageTagMutabilityExclusionFilters", "a filter may have up to 2 wildcards (*)");
  return { tagMutability: setting, mutabilityExclusions };
}
