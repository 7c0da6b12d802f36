import type {
  BatchCheckLayerAvailabilityRequest,
  BatchCheckLayerAvailabilityResponse,
  Layer,
  LayerFailure,
} from "@aws-sdk/client-ecr";
import { isDigest } from "../../../registry/digest.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { addressOf, type Ecr } from "../ecr.ts";

/** https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_BatchCheckLayerAvailability.html */
export function batchCheckLayerAvailability({ registry }: Ecr) {
  return async (
    input: BatchCheckLayerAvailabilityRequest,
    context: RequestContext,
  ): Promise<BatchCheckLayerAvailabilityResponse> => {
    const address = addressOf(context, "BatchCheckLayerAvailability", input);
    await registry.repositories.get(address);
    const layers: Layer[] = [];
    const failures: LayerFailure[] = [];
    for (const layerDigest of input.layerDigests ?? []) {
      if (isDigest(layerDigest)) {
        const blob = await registry.layers.claim(address, layerDigest);
        layers.push({ layerDigest, layerAvailability: blob ? "AVAILABLE" : "UNAVAILABLE", layerSize: blob?.size });
      } else failures.push(invalidDigest(layerDigest));
    }
    return { layers, failures };
  };
}

function invalidDigest(layerDigest: string): LayerFailure {
  const failureReason = "Invalid request parameters: layer digest should satisfy the regex 'sha256:[a-f0-9]{64}'";
  return { layerDigest, failureCode: "InvalidLayerDigest", failureReason };
}
