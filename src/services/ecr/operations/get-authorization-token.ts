import type { GetAuthorizationTokenRequest, GetAuthorizationTokenResponse } from "@aws-sdk/client-ecr";
import type { RequestContext } from "../../../wire/context.ts";
import { registryHost, type Ecr } from "../ecr.ts";

const LIFETIME_MS = 12 * 60 * 60 * 1000;

/**
 * One token is good for every registry that the caller may use, so each of `registryIds` gets the same.
 * https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetAuthorizationToken.html
 */
export function getAuthorizationToken({ registry }: Ecr) {
  return async (
    input: GetAuthorizationTokenRequest,
    context: RequestContext,
  ): Promise<GetAuthorizationTokenResponse> => {
    const holder = JSON.stringify(context.principal);
    const { token, expiresAt } = registry.tokens.issue(context.scope, LIFETIME_MS, { holder });
    const data = {
      authorizationToken: Buffer.from(`AWS:${token}`).toString("base64"),
      expiresAt,
      proxyEndpoint: `http://${registryHost(context.host)}`,
    };
    return { authorizationData: (input.registryIds ?? [context.scope.account]).map(() => data) };
  };
}
