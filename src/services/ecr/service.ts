import { defineService, type ServiceDefinition } from "../../wire/service.ts";
import { parameterWording } from "../../wire/violation-wording.ts";
import { ecrRules } from "./authorization.ts";
import type { Ecr } from "./ecr.ts";
import { batchCheckLayerAvailability } from "./operations/batch-check-layer-availability.ts";
import { batchDeleteImage } from "./operations/batch-delete-image.ts";
import { batchGetImage } from "./operations/batch-get-image.ts";
import { completeLayerUpload } from "./operations/complete-layer-upload.ts";
import { createRepository } from "./operations/create-repository.ts";
import { deleteRepository } from "./operations/delete-repository.ts";
import { deleteRepositoryPolicy } from "./operations/delete-repository-policy.ts";
import { describeImages } from "./operations/describe-images.ts";
import { describeRegistry } from "./operations/describe-registry.ts";
import { describeRepositories } from "./operations/describe-repositories.ts";
import { getAuthorizationToken } from "./operations/get-authorization-token.ts";
import { getDownloadUrlForLayer } from "./operations/get-download-url-for-layer.ts";
import { getRepositoryPolicy } from "./operations/get-repository-policy.ts";
import { initiateLayerUpload } from "./operations/initiate-layer-upload.ts";
import { listImages } from "./operations/list-images.ts";
import { listTagsForResource } from "./operations/list-tags-for-resource.ts";
import { putImage } from "./operations/put-image.ts";
import { putImageTagMutability } from "./operations/put-image-tag-mutability.ts";
import { setRepositoryPolicy } from "./operations/set-repository-policy.ts";
import { tagResource } from "./operations/tag-resource.ts";
import { untagResource } from "./operations/untag-resource.ts";
import { uploadLayerPart } from "./operations/upload-layer-part.ts";

/** Amazon Elastic Container Registry: the API over the embedded registry, whose images travel through `/v2/`. */
export function ecrService(ecr: Ecr): ServiceDefinition {
  return defineService<typeof import("@aws-sdk/client-ecr")>(
    {
      name: "ecr",
      signingName: "ecr",
      protocols: ["awsJson1_1"],
      targetPrefix: "AmazonEC2ContainerRegistry_V20150921",
      version: "2015-09-21",
      validationErrorCode: "InvalidParameterException",
      violationWording: parameterWording,
      sdk: () => import("@aws-sdk/client-ecr"),
      bounds: async () => (await import("../../../generated/bounds/ecr.json", { with: { type: "json" } })).default,
    },
    {
      BatchCheckLayerAvailability: batchCheckLayerAvailability(ecr),
      BatchDeleteImage: batchDeleteImage(ecr),
      BatchGetImage: batchGetImage(ecr),
      CompleteLayerUpload: completeLayerUpload(ecr),
      CreateRepository: createRepository(ecr),
      DeleteRepository: deleteRepository(ecr),
      DeleteRepositoryPolicy: deleteRepositoryPolicy(ecr),
      DescribeImages: describeImages(ecr),
      DescribeRegistry: describeRegistry(),
      DescribeRepositories: describeRepositories(ecr),
      GetAuthorizationToken: getAuthorizationToken(ecr),
      GetDownloadUrlForLayer: getDownloadUrlForLayer(ecr),
      GetRepositoryPolicy: getRepositoryPolicy(ecr),
      InitiateLayerUpload: initiateLayerUpload(ecr),
      ListImages: listImages(ecr),
      ListTagsForResource: listTagsForResource(ecr),
      PutImage: putImage(ecr),
      PutImageTagMutability: putImageTagMutability(ecr),
      SetRepositoryPolicy: setRepositoryPolicy(ecr),
      TagResource: tagResource(ecr),
      UntagResource: untagResource(ecr),
      UploadLayerPart: uploadLayerPart(ecr),
    },
    ecrRules(ecr),
  );
}
