import type { DeregisterTaskDefinitionRequest, DeregisterTaskDefinitionResponse } from "@aws-sdk/client-ecs";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ecs } from "../ecs.ts";
import { clientError, invalidParameter } from "../errors.ts";
import { definitionId } from "../store.ts";
import { parseTaskDefinition } from "../task-definition/find.ts";

/**
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeregisterTaskDefinition.html; running tasks go on. When
 * it was deregistered is described afterwards, but not in this answer.
 */
export function deregisterTaskDefinition(ecs: Ecs) {
  return async (
    input: DeregisterTaskDefinitionRequest,
    { scope }: RequestContext,
  ): Promise<DeregisterTaskDefinitionResponse> => {
    const reference = parseTaskDefinition(input.taskDefinition!, scope);
    if (reference && reference.revision === undefined) throw invalidParameter("Revision is missing");
    const id = reference && definitionId(reference.family, reference.revision!);
    const found = id === undefined ? undefined : await ecs.store.definitions.get(scopeKey(scope), id);
    if (!found) throw clientError("Unable to describe task definition.");
    // One that is being deleted does not come back.
    if (found.definition.status === "DELETE_IN_PROGRESS") return { taskDefinition: found.definition };
    await ecs.store.definitions.update(scopeKey(scope), id!, (record) => ({
      ...record,
      definition: {
        ...record.definition,
        status: "INACTIVE",
        deregisteredAt: record.definition.deregisteredAt ?? new Date(ecs.clock.now()),
      },
    }));
    return { taskDefinition: { ...found.definition, status: "INACTIVE" } };
  };
}
