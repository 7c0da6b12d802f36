import type { RegisterTaskDefinitionRequest, RegisterTaskDefinitionResponse } from "@aws-sdk/client-ecs";
import { formatArn } from "../../../base/arn.ts";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ecs } from "../ecs.ts";
import { clientError } from "../errors.ts";
import { checkRoles } from "../roles.ts";
import { definitionId } from "../store.ts";
import { checkTags } from "../tags.ts";
import { buildTaskDefinition } from "../task-definition/build.ts";
import { validateTaskDefinition } from "../task-definition/validate.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html */
export function registerTaskDefinition(ecs: Ecs) {
  return async (
    input: RegisterTaskDefinitionRequest,
    { scope, principal }: RequestContext,
  ): Promise<RegisterTaskDefinitionResponse> => {
    const checked = validateTaskDefinition(input);
    checkRoles(input, scope);
    const tags = checkTags(input.tags, clientError);
    const family = input.family!;
    const definition = await ecs.transaction(async () => {
      const revision = ((await ecs.store.families.get(scopeKey(scope), family))?.revision ?? 0) + 1;
      await ecs.store.families.put(scopeKey(scope), family, { family, revision });
      const built = buildTaskDefinition(input, checked, {
        taskDefinitionArn: formatArn("ecs", scope, `task-definition/${family}:${revision}`),
        family,
        revision,
        registeredAt: new Date(ecs.clock.now()),
        registeredBy: principal.arn,
      });
      await ecs.store.definitions.insert(scopeKey(scope), definitionId(family, revision), { definition: built, tags });
      return built;
    });
    return { taskDefinition: definition, ...(input.tags ? { tags } : {}) };
  };
}
