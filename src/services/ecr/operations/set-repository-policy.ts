import type { SetRepositoryPolicyRequest, SetRepositoryPolicyResponse } from "@aws-sdk/client-ecr";
import type { RequestContext } from "../../../wire/context.ts";
import { addressOf, type Ecr } from "../ecr.ts";
import { checkRepositoryPolicy } from "../repository-policy.ts";

/**
 * https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_SetRepositoryPolicy.html; whether the caller shuts itself
 * out is not looked at: the root user always gets in.
 */
export function setRepositoryPolicy({ registry }: Ecr) {
  return async (input: SetRepositoryPolicyRequest, context: RequestContext): Promise<SetRepositoryPolicyResponse> => {
    const address = addressOf(context, "SetRepositoryPolicy", input);
    const policy = input.policyText!;
    checkRepositoryPolicy(policy);
    await registry.repositories.update(address, () => ({ policy }));
    return { registryId: address.scope.account, repositoryName: address.name, policyText: policy };
  };
}
