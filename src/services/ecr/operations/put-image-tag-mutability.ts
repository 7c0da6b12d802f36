import type { PutImageTagMutabilityRequest, PutImageTagMutabilityResponse } from "@aws-sdk/client-ecr";
import type { RequestContext } from "../../../wire/context.ts";
import { addressOf, exclusionFilters, type Ecr } from "../ecr.ts";
import { tagMutability } from "../mutability.ts";

/** https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PutImageTagMutability.html */
export function putImageTagMutability({ registry }: Ecr) {
  return async (
    input: PutImageTagMutabilityRequest,
    context: RequestContext,
  ): Promise<PutImageTagMutabilityResponse> => {
    const address = addressOf(context, "PutImageTagMutability", input);
    const setting = tagMutability(input.imageTagMutability, input.imageTagMutabilityExclusionFilters);
    const repository = await registry.repositories.update(address, () => setting);
    return {
      registryId: address.scope.account,
      repositoryName: address.name,
      imageTagMutability: repository.tagMutability,
      imageTagMutabilityExclusionFilters: exclusionFilters(repository),
    };
  };
}
