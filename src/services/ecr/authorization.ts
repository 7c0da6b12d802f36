import type { AuthorizedResource } from "../../identity/authorization.ts";
import type { AuthorizationContext, AuthorizationRules } from "../../wire/authorization.ts";
import type { RepositoryAddress } from "../../registry/records.ts";
import { check, removedTags, requestTags } from "../../wire/checks.ts";
import { addressOfArn, repositoryArn, type Ecr } from "./ecr.ts";

/**
 * What the operations of ECR need:
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerregistry.html
 */
export function ecrRules(ecr: Ecr): AuthorizationRules<typeof import("@aws-sdk/client-ecr")> {
  type Named = { registryId?: string | undefined; repositoryName?: string | undefined };
  const resource = ({ registryId, repositoryName }: Named, { scope }: AuthorizationContext) =>
    repositoryResource(ecr, {
      scope: { account: registryId ?? scope.account, region: scope.region },
      name: repositoryName ?? "*",
    });
  const onRepository = (action: string) => (input: Named, context: AuthorizationContext) => [
    check(action, resource(input, context)),
  ];
  const byArn = (arn: string, { scope }: AuthorizationContext): AuthorizedResource => {
    try {
      return repositoryResource(ecr, addressOfArn(scope, arn));
    } catch {
      return { arn }; // refused by the operation, with its own error
    }
  };

  return {
    BatchCheckLayerAvailability: onRepository("ecr:BatchCheckLayerAvailability"),
    BatchDeleteImage: onRepository("ecr:BatchDeleteImage"),
    BatchGetImage: onRepository("ecr:BatchGetImage"),
    CompleteLayerUpload: onRepository("ecr:CompleteLayerUpload"),
    CreateRepository: (input, context) => [
      check("ecr:CreateRepository", resource(input, context), requestTags(input.tags)),
      ...(input.tags?.length ? [check("ecr:TagResource", resource(input, context), requestTags(input.tags))] : []),
    ],
    DeleteRepository: onRepository("ecr:DeleteRepository"),
    DeleteRepositoryPolicy: onRepository("ecr:DeleteRepositoryPolicy"),
    DescribeImages: onRepository("ecr:DescribeImages"),
    DescribeRegistry: () => [check("ecr:DescribeRegistry")],
    DescribeRepositories: ({ registryId, repositoryNames }, context) => {
      const names = repositoryNames?.length ? repositoryNames : ["*"];
      return [
        check(
          "ecr:DescribeRepositories",
          names.map((repositoryName) => resource({ registryId, repositoryName }, context)),
        ),
      ];
    },
    GetAuthorizationToken: () => [check("ecr:GetAuthorizationToken")],
    GetDownloadUrlForLayer: onRepository("ecr:GetDownloadUrlForLayer"),
    GetRepositoryPolicy: onRepository("ecr:GetRepositoryPolicy"),
    InitiateLayerUpload: onRepository("ecr:InitiateLayerUpload"),
    ListImages: onRepository("ecr:ListImages"),
    ListTagsForResource: ({ resourceArn }, context) => [
      check("ecr:ListTagsForResource", byArn(resourceArn ?? "*", context)),
    ],
    PutImage: onRepository("ecr:PutImage"),
    PutImageTagMutability: onRepository("ecr:PutImageTagMutability"),
    SetRepositoryPolicy: onRepository("ecr:SetRepositoryPolicy"),
    TagResource: ({ resourceArn, tags }, context) => [
      check("ecr:TagResource", byArn(resourceArn ?? "*", context), requestTags(tags)),
    ],
    UntagResource: ({ resourceArn, tagKeys }, context) => [
      check("ecr:UntagResource", byArn(resourceArn ?? "*", context), removedTags(tagKeys)),
    ],
    UploadLayerPart: onRepository("ecr:UploadLayerPart"),
  };
}

/** A repository with its policy; `*` stands for all. */
export function repositoryResource({ registry }: Ecr, address: RepositoryAddress): AuthorizedResource {
  return {
    arn: repositoryArn(address),
    tags: async () => (await registry.repositories.find(address))?.resourceTags ?? {},
    policy: async () => (await registry.repositories.find(address))?.policy,
  };
}
