import type { GetRepositoryPolicyRequest, GetRepositoryPolicyResponse } from "@aws-sdk/client-ecr";
import type { RequestContext } from "../../../wire/context.ts";
import { addressOf, type Ecr } from "../ecr.ts";
import { repositoryPolicyNotFound } from "../errors.ts";

/** https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetRepositoryPolicy.html */
export function getRepositoryPolicy({ registry }: Ecr) {
  return async (input: GetRepositoryPolicyRequest, context: RequestContext): Promise<GetRepositoryPolicyResponse> => {
    const address = addressOf(context, "GetRepositoryPolicy", input);
    const { policy } = await registry.repositories.get(address);
    if (policy === undefined) throw repositoryPolicyNotFound(address);
    return { registryId: address.scope.account, repositoryName: address.name, policyText: policy };
  };
}
