import {
  BatchDeleteImageCommand,
  CreateRepositoryCommand,
  DeleteRepositoryCommand,
  DescribeImagesCommand,
  DescribeRepositoriesCommand,
  ListImagesCommand,
  PutImageCommand,
} from "@aws-sdk/client-ecr";
import type { ErrorCase } from "./error-case.ts";

const NOT_FOUND = {
  code: "RepositoryNotFoundException",
  message: "The repository with name 'none' does not exist in the registry with id '000000000000'",
};

export const ecrErrors: ErrorCase[] = [
  {
    when: "CreateRepository has the name of another",
    send: ({ ecr }) => ecr.send(new CreateRepositoryCommand({ repositoryName: "full" })),
    code: "RepositoryAlreadyExistsException",
    message: "The repository with name 'full' already exists in the registry with id '000000000000'",
  },
  {
    when: "CreateRepository has a name in capitals",
    send: ({ ecr }) => ecr.send(new CreateRepositoryCommand({ repositoryName: "Web" })),
    code: "InvalidParameterException",
    message:
      "Invalid parameter at 'repositoryName' failed to satisfy constraint: 'must satisfy regular expression '(?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*''",
  },
  {
    when: "DescribeRepositories names none that exists",
    send: ({ ecr }) => ecr.send(new DescribeRepositoriesCommand({ repositoryNames: ["none"] })),
    ...NOT_FOUND,
  },
  {
    when: "ListImages names no repository that exists",
    send: ({ ecr }) => ecr.send(new ListImagesCommand({ repositoryName: "none" })),
    ...NOT_FOUND,
  },
  {
    when: "DescribeImages names no tag that exists",
    send: ({ ecr }) =>
      ecr.send(new DescribeImagesCommand({ repositoryName: "full", imageIds: [{ imageTag: "none" }] })),
    code: "ImageNotFoundException",
    message:
      "The image with imageId {imageDigest:'null', imageTag:'none'} does not exist within the repository with name 'full' in the registry with id '000000000000'",
  },
  {
    when: "PutImage has a manifest that is no JSON",
    send: ({ ecr }) => ecr.send(new PutImageCommand({ repositoryName: "full", imageManifest: "{", imageTag: "bad" })),
    code: "InvalidParameterException",
    message: "Invalid parameter at 'ImageManifest' failed to satisfy constraint: 'Invalid JSON syntax'",
  },
  {
    when: "BatchDeleteImage names no repository that exists",
    send: ({ ecr }) =>
      ecr.send(new BatchDeleteImageCommand({ repositoryName: "none", imageIds: [{ imageTag: "latest" }] })),
    ...NOT_FOUND,
  },
  {
    when: "DeleteRepository names none that exists",
    send: ({ ecr }) => ecr.send(new DeleteRepositoryCommand({ repositoryName: "none" })),
    ...NOT_FOUND,
  },
  {
    when: "DeleteRepository names one with an image, without force",
    send: ({ ecr }) => ecr.send(new DeleteRepositoryCommand({ repositoryName: "full" })),
    code: "RepositoryNotEmptyException",
    message:
      "The repository with name 'full' in registry with id '000000000000' cannot be deleted because it still contains images",
  },
];
