import type { CompleteLayerUploadRequest, CompleteLayerUploadResponse } from "@aws-sdk/client-ecr";
import { isDigest } from "../../../registry/digest.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { addressOf, type Ecr } from "../ecr.ts";
import { emptyUpload, invalidParameter, layerAlreadyExists } from "../errors.ts";

/** https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CompleteLayerUpload.html */
export function completeLayerUpload({ registry }: Ecr) {
  return async (input: CompleteLayerUploadRequest, context: RequestContext): Promise<CompleteLayerUploadResponse> => {
    const address = addressOf(context, "CompleteLayerUpload", input);
    await registry.repositories.get(address);
    const uploadId = input.uploadId!;
    const layerDigest = input.layerDigests!.find(isDigest);
    if (layerDigest === undefined) throw invalidParameter("layerDigests", "must have a sha256 digest");
    if (registry.uploads.get(address, uploadId).size === 0) throw emptyUpload(address, uploadId);
    if (await registry.layers.find(address, layerDigest)) {
      await registry.uploads.cancel(address, uploadId);
      throw layerAlreadyExists(address, layerDigest);
    }
    await registry.completeUpload(address, uploadId, layerDigest);
    return { registryId: address.scope.account, repositoryName: address.name, uploadId, layerDigest };
  };
}
