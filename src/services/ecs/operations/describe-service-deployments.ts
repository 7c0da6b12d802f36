import type {
  DescribeServiceDeploymentsRequest,
  DescribeServiceDeploymentsResponse,
  Failure,
  ServiceDeployment,
} from "@aws-sdk/client-ecs";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ecs } from "../ecs.ts";
import { checkArns, keyInArn } from "../service/deployment-arns.ts";
import { serviceDeploymentView } from "../service/service-deployment-view.ts";
import { countTasks } from "../service/task-counts.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeServiceDeployments.html */
export function describeServiceDeployments(ecs: Ecs) {
  return async (
    input: DescribeServiceDeploymentsRequest,
    { scope }: RequestContext,
  ): Promise<DescribeServiceDeploymentsResponse> => {
    const serviceDeployments: ServiceDeployment[] = [];
    const failures: Failure[] = [];
    for (const arn of checkArns(input.serviceDeploymentArns, "ServiceDeploymentArns")) {
      const key = keyInArn(scope, "service-deployment", arn);
      const found = key === undefined ? undefined : await ecs.store.serviceDeployments.get(scopeKey(scope), key);
      if (!found) {
        failures.push({ arn, reason: "MISSING" });
        continue;
      }
      const service = await ecs.store.services.get(scopeKey(scope), `${found.clusterName}/${found.serviceName}`);
      const counts = service ? await countTasks(ecs, service) : new Map();
      serviceDeployments.push(serviceDeploymentView(found, service, counts));
    }
    return { serviceDeployments, failures };
  };
}
