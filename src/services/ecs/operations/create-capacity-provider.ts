import type { CreateCapacityProviderRequest, CreateCapacityProviderResponse } from "@aws-sdk/client-ecs";
import { clientError, invalidParameter, unsupportedFeature } from "../errors.ts";
import { checkTags } from "../tags.ts";

const NAME = /^[A-Za-z0-9_-]{1,255}$/;
const RESERVED = /^(aws|ecs|fargate)/i;

/**
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateCapacityProvider.html: those of Fargate are there;
 * others stand for Auto Scaling groups, of which there are none, or for instances that ECS manages.
 */
export function createCapacityProvider() {
  return async (input: CreateCapacityProviderRequest): Promise<CreateCapacityProviderResponse> => {
    if (!NAME.test(input.name!) || RESERVED.test(input.name!))
      throw invalidParameter(
        'The specified capacity provider name is invalid. Up to 255 characters are allowed, including letters (upper and lowercase), numbers, underscores, and hyphens. The name cannot be prefixed with "aws", "ecs", or "fargate". Specify a valid name and try again.',
      );
    checkTags(input.tags);
    if (input.managedInstancesProvider) throw unsupportedFeature("Amazon ECS Managed Instances");
    if (!input.autoScalingGroupProvider)
      throw invalidParameter("An Auto Scaling group provider or a Managed Instances provider must be specified.");
    throw clientError(
      "The specified Auto Scaling group was not found. Specify a valid Auto Scaling group ARN and try again.",
    );
  };
}
