import type { DeleteRepositoryPolicyRequest, DeleteRepositoryPolicyResponse } from "@aws-sdk/client-ecr";
import type { RequestContext } from "../../../wire/context.ts";
import { addressOf, type Ecr } from "../ecr.ts";
import { repositoryPolicyNotFound } from "../errors.ts";

/** https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DeleteRepositoryPolicy.html */
export function deleteRepositoryPolicy({ registry }: Ecr) {
  return async (
    input: DeleteRepositoryPolicyRequest,
    context: RequestContext,
  ): Promise<DeleteRepositoryPolicyResponse> => {
    const address = addressOf(context, "DeleteRepositoryPolicy", input);
    let policyText: string | undefined;
    await registry.repositories.update(address, ({ policy }) => {
      policyText = policy;
      return { policy: undefined };
    });
    if (policyText === undefined) throw repositoryPolicyNotFound(address);
    return { registryId: address.scope.account, repositoryName: address.name, policyText };
  };
}
