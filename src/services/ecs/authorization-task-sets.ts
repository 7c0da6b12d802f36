import type { AuthorizationContext, AuthorizationRules } from "../../wire/authorization.ts";
import { check, conditions, requestTags } from "../../wire/checks.ts";
import { tagging } from "./authorization-account.ts";
import { inCluster, inService } from "./authorization-subjects.ts";
import { serviceResource, taskDefinitionResource, taskSetResource } from "./authorized-resources.ts";
import type { Ecs } from "./ecs.ts";

/** What the operations on task sets need. */
export function taskSetRules(ecs: Ecs): AuthorizationRules<typeof import("@aws-sdk/client-ecs")> {
  const onTaskSets = (action: string) => {
    return (
      input: { cluster?: string; service?: string; taskSet?: string; taskSets?: string[] },
      { scope }: AuthorizationContext,
    ) => {
      const named = input.taskSets ?? [input.taskSet ?? "*"];
      const resources = (named.length ? named : ["*"]).map((reference) =>
        taskSetResource(ecs, scope, input.cluster, input.service ?? "", reference),
      );
      return [check(action, resources, { conditions: inService(ecs, scope, input) })];
    };
  };

  return {
    CreateTaskSet: async (input, { scope, principal }) => {
      const { arn } = taskSetResource(ecs, scope, input.cluster, input.service ?? "", "*");
      const { resource } = await taskDefinitionResource(ecs, scope, input.taskDefinition ?? "");
      const keys = conditions({
        ...inService(ecs, scope, input),
        "ecs:capacity-provider": input.capacityProviderStrategy?.flatMap(
          ({ capacityProvider }) => capacityProvider ?? [],
        ),
        "ecs:task-definition": resource.arn,
      });
      return [
        check("ecs:CreateTaskSet", { arn }, { ...requestTags(input.tags), conditions: keys }),
        ...(await tagging(ecs, { scope, principal }, "CreateTaskSet", arn, input.tags)),
      ];
    },
    DeleteTaskSet: onTaskSets("ecs:DeleteTaskSet"),
    DescribeTaskSets: onTaskSets("ecs:DescribeTaskSets"),
    UpdateServicePrimaryTaskSet: (input, { scope }) => [
      check("ecs:UpdateServicePrimaryTaskSet", serviceResource(ecs, scope, input.cluster, input.service ?? ""), {
        conditions: inCluster(ecs, scope, input.cluster),
      }),
    ],
    UpdateTaskSet: onTaskSets("ecs:UpdateTaskSet"),
  };
}
