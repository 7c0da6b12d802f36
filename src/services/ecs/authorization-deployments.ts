import { parseArn } from "../../base/arn.ts";
import type { AuthorizedResource } from "../../identity/authorization.ts";
import type { AuthorizationContext, AuthorizationRules } from "../../wire/authorization.ts";
import { check } from "../../wire/checks.ts";
import { atLeastOne, inCluster, inService } from "./authorization-subjects.ts";
import { serviceResource } from "./authorized-resources.ts";
import type { Ecs } from "./ecs.ts";

/** What the operations on service deployments and revisions need: the right to each, and to its service. */
export function deploymentRules(ecs: Ecs): AuthorizationRules<typeof import("@aws-sdk/client-ecs")> {
  const onArns = (action: string, arns: readonly string[] = [], { scope }: AuthorizationContext) => {
    const resources = arns.flatMap((text): AuthorizedResource[] => {
      const [, cluster = "*", service = "*"] = parseArn(text)?.resource.split("/") ?? [];
      const { arn, tags } = serviceResource(ecs, scope, cluster, service);
      const conditions = inService(ecs, scope, { cluster, service });
      return [arn, text].map((one) => ({ arn: one, conditions, ...(tags ? { tags } : {}) }));
    });
    return [check(action, atLeastOne(resources))];
  };

  const onArn = (action: string, arn: string | undefined, context: AuthorizationContext) =>
    onArns(action, arn === undefined ? [] : [arn], context);

  return {
    ContinueServiceDeployment: (input, context) =>
      onArn("ecs:ContinueServiceDeployment", input.serviceDeploymentArn, context),
    DescribeServiceDeployments: (input, context) =>
      onArns("ecs:DescribeServiceDeployments", input.serviceDeploymentArns, context),
    DescribeServiceRevisions: (input, context) =>
      onArns("ecs:DescribeServiceRevisions", input.serviceRevisionArns, context),
    ListServiceDeployments: ({ cluster, service = "" }, { scope }) => [
      check("ecs:ListServiceDeployments", serviceResource(ecs, scope, cluster, service), {
        conditions: inCluster(ecs, scope, cluster),
      }),
    ],
    StopServiceDeployment: (input, context) => onArn("ecs:StopServiceDeployment", input.serviceDeploymentArn, context),
  };
}
