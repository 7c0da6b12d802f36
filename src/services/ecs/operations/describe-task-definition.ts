import type { DescribeTaskDefinitionRequest, DescribeTaskDefinitionResponse } from "@aws-sdk/client-ecs";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ecs } from "../ecs.ts";
import { clientError } from "../errors.ts";
import { findTaskDefinition } from "../task-definition/find.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeTaskDefinition.html */
export function describeTaskDefinition(ecs: Ecs) {
  return async (
    input: DescribeTaskDefinitionRequest,
    { scope }: RequestContext,
  ): Promise<DescribeTaskDefinitionResponse> => {
    const found = await findTaskDefinition(ecs, scope, input.taskDefinition!);
    if (!found) throw clientError("Unable to describe task definition.");
    return { taskDefinition: found.definition, tags: input.include?.includes("TAGS") ? found.tags : [] };
  };
}
