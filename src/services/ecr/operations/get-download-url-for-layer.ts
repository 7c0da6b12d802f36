import type { GetDownloadUrlForLayerRequest, GetDownloadUrlForLayerResponse } from "@aws-sdk/client-ecr";
import { TOKEN_PARAMETER } from "../../../registry/http/authorize.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { addressOf, registryHost, type Ecr } from "../ecr.ts";
import { layerNotFound } from "../errors.ts";

const LIFETIME_MS = 60 * 60 * 1000;

/**
 * The address carries a token that is good for this one layer.
 * https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetDownloadUrlForLayer.html
 */
export function getDownloadUrlForLayer({ registry }: Ecr) {
  return async (
    input: GetDownloadUrlForLayerRequest,
    context: RequestContext,
  ): Promise<GetDownloadUrlForLayerResponse> => {
    const address = addressOf(context, "GetDownloadUrlForLayer", input);
    const layerDigest = input.layerDigest!;
    await registry.repositories.get(address);
    if (!(await registry.layers.find(address, layerDigest))) throw layerNotFound(address, layerDigest);
    const url = new URL(`http://${registryHost(context.host)}/v2/${address.name}/blobs/${layerDigest}`);
    url.searchParams.set(
      TOKEN_PARAMETER,
      registry.tokens.issue(context.scope, LIFETIME_MS, { path: url.pathname }).token,
    );
    return { downloadUrl: url.href, layerDigest };
  };
}
