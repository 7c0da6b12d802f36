import type { DeregisterTaskDefinitionRequest, DeregisterTaskDefinitionResponse } from "@aws-sdk/client-ecs";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { inScope } from "../clusters.ts";
import type { Ecs } from "../ecs.ts";
import { clientError, invalidParameter } from "../errors.ts";
import { definitionId } from "../store.ts";
import { parseTaskDefinition } from "../task-definition/find.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeregisterTaskDefinition.html; running tasks go on. */
export function deregisterTaskDefinition(ecs: Ecs) {
  return async (input: DeregisterTaskDefinitionRequest, { scope, principal }: RequestContext): Promise<DeregisterTaskDefinitionResponse> => {
    const reference = input.taskDefinition!;
    const { family, revision } = parseTaskDefinition(reference);
    if (revision === undefined) throw invalidParameter("Missing revision in task definition.");
    if (!Number.isInteger(revision)) throw invalidParameter("Invalid revision number. Number must be positive integer.");
    const changed = inScope(reference, scope)
      ? await ecs.store.definitions.update(scopeKey(scope), definitionId(family, revision), (record) => ({
          ...record,
          definition: {
            ...record.definition,
            status: "INACTIVE",
            deregisteredAt: record.definition.deregisteredAt ?? new Date(ecs.clock.now()),
            registeredBy: record.definition.registeredBy ?? principal.arn,
          },
        }))
      : undefined;
    if (!changed) throw clientError("Unable to describe task definition.");
    return { taskDefinition: changed.definition };
  };
}
