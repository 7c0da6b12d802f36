import type { UploadLayerPartRequest, UploadLayerPartResponse } from "@aws-sdk/client-ecr";
import type { RequestContext } from "../../../wire/context.ts";
import { addressOf, type Ecr } from "../ecr.ts";
import { invalidParameter } from "../errors.ts";

/** https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_UploadLayerPart.html */
export function uploadLayerPart({ registry }: Ecr) {
  return async (input: UploadLayerPartRequest, context: RequestContext): Promise<UploadLayerPartResponse> => {
    const address = addressOf(context, "UploadLayerPart", input);
    await registry.repositories.get(address);
    const part = input.layerPartBlob!;
    if (part.length !== input.partLastByte! - input.partFirstByte! + 1)
      throw invalidParameter("layerPartBlob", "must have the length from partFirstByte to partLastByte");
    const upload = await registry.uploads.append(address, input.uploadId!, single(part), input.partFirstByte);
    return {
      registryId: address.scope.account,
      repositoryName: address.name,
      uploadId: upload.id,
      lastByteReceived: input.partLastByte,
    };
  };
}

async function* single(part: Uint8Array): AsyncGenerator<Uint8Array> {
  yield part;
}
