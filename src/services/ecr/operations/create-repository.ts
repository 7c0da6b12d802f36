import type { CreateRepositoryRequest, CreateRepositoryResponse } from "@aws-sdk/client-ecr";
import type { RequestContext } from "../../../wire/context.ts";
import { addressOf, describeRepository, type Ecr } from "../ecr.ts";
import { invalidParameter } from "../errors.ts";
import { tagMutability } from "../mutability.ts";
import { withTags } from "../resource-tags.ts";

/** https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html */
export function createRepository({ registry }: Ecr) {
  return async (input: CreateRepositoryRequest, context: RequestContext): Promise<CreateRepositoryResponse> => {
    const address = addressOf(context, "CreateRepository", input);
    if (input.imageScanningConfiguration?.scanOnPush)
      throw invalidParameter("imageScanningConfiguration", "scanOnPush must be false: images are not scanned here");
    const { encryptionType = "AES256", kmsKey } = input.encryptionConfiguration ?? {};
    if (encryptionType !== "AES256" || kmsKey !== undefined)
      throw invalidParameter("encryptionConfiguration", "encryptionType must be AES256, without a kmsKey");
    const repository = await registry.repositories.create(address, {
      ...tagMutability(input.imageTagMutability, input.imageTagMutabilityExclusionFilters),
      resourceTags: withTags({}, input.tags ?? []),
    });
    return { repository: describeRepository(repository, context) };
  };
}
