import type { DeleteRepositoryRequest, DeleteRepositoryResponse } from "@aws-sdk/client-ecr";
import type { RequestContext } from "../../../wire/context.ts";
import { addressOf, describeRepository, type Ecr } from "../ecr.ts";

/** https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DeleteRepository.html */
export function deleteRepository({ registry }: Ecr) {
  return async (input: DeleteRepositoryRequest, context: RequestContext): Promise<DeleteRepositoryResponse> => {
    const address = addressOf(context, "DeleteRepository", input);
    const repository = await registry.deleteRepository(address, input.force ?? false);
    return { repository: describeRepository(repository, context) };
  };
}
