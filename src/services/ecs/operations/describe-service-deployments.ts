import type { DescribeServiceDeploymentsRequest, DescribeServiceDeploymentsResponse } from "@aws-sdk/client-ecs";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ecs } from "../ecs.ts";
import { checkNames, lookUpEach } from "../named-resources.ts";
import { keyInArn, MAX_ARNS } from "../service/deployment-arns.ts";
import { serviceDeploymentView } from "../service/service-deployment-view.ts";
import { countTasks } from "../service/task-counts.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeServiceDeployments.html */
export function describeServiceDeployments(ecs: Ecs) {
  return async (
    input: DescribeServiceDeploymentsRequest,
    { scope }: RequestContext,
  ): Promise<DescribeServiceDeploymentsResponse> => {
    const { services, serviceDeployments } = ecs.store;
    const { found, failures } = await lookUpEach(
      checkNames(input.serviceDeploymentArns, "ServiceDeploymentArns", MAX_ARNS),
      { scope, path: "" },
      async (arn) => {
        const key = keyInArn(scope, "service-deployment", arn);
        return key === undefined ? undefined : await serviceDeployments.get(scopeKey(scope), key);
      },
      async (deployment) => {
        const service = await services.get(scopeKey(scope), `${deployment.clusterName}/${deployment.serviceName}`);
        return serviceDeploymentView(deployment, service, service ? await countTasks(ecs, service) : new Map());
      },
    );
    return { serviceDeployments: found, failures };
  };
}
