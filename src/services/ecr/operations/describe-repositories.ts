import type { DescribeRepositoriesRequest, DescribeRepositoriesResponse } from "@aws-sdk/client-ecr";
import type { RequestContext } from "../../../wire/context.ts";
import { describeRepository, requireOwnRegistry, type Ecr } from "../ecr.ts";
import { invalidParameter } from "../errors.ts";
import { encodeToken, pageBounds } from "../paging.ts";

/** https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribeRepositories.html */
export function describeRepositories({ registry }: Ecr) {
  return async (input: DescribeRepositoriesRequest, context: RequestContext): Promise<DescribeRepositoriesResponse> => {
    const { scope } = context;
    const { repositoryNames } = input;
    requireOwnRegistry(context, "DescribeRepositories", input.registryId, repositoryNames?.[0]);
    if (repositoryNames) {
      if (input.nextToken !== undefined || input.maxResults !== undefined)
        throw invalidParameter("repositoryNames", "must not be used with nextToken or maxResults");
      const found = await Promise.all(repositoryNames.map((name) => registry.repositories.get({ scope, name })));
      return { repositories: found.map((repository) => describeRepository(repository, context)) };
    }
    const { after, limit } = pageBounds(input);
    const found = await registry.repositories.list(scope, { after, limit: limit + 1 });
    const page = found.slice(0, limit);
    return {
      repositories: page.map((repository) => describeRepository(repository, context)),
      nextToken: found.length > limit ? encodeToken(page.at(-1)!.name) : undefined,
    };
  };
}
