import type { InitiateLayerUploadRequest, InitiateLayerUploadResponse } from "@aws-sdk/client-ecr";
import type { RequestContext } from "../../../wire/context.ts";
import { addressOf, type Ecr } from "../ecr.ts";

/** What ECR tells clients to send at once, in bytes. */
const PART_SIZE = 10 * 1024 * 1024;

/** https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_InitiateLayerUpload.html */
export function initiateLayerUpload({ registry }: Ecr) {
  return async (input: InitiateLayerUploadRequest, context: RequestContext): Promise<InitiateLayerUploadResponse> => {
    const upload = await registry.beginUpload(addressOf(context, "InitiateLayerUpload", input));
    return { uploadId: upload.id, partSize: PART_SIZE };
  };
}
