import type {
  DescribeServiceRevisionsRequest,
  DescribeServiceRevisionsResponse,
  Failure,
  ServiceRevision,
} from "@aws-sdk/client-ecs";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ecs } from "../ecs.ts";
import { checkArns, keyInArn } from "../service/deployment-arns.ts";
import { serviceRevisionView } from "../service/service-revision-view.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeServiceRevisions.html */
export function describeServiceRevisions(ecs: Ecs) {
  return async (
    input: DescribeServiceRevisionsRequest,
    { scope }: RequestContext,
  ): Promise<DescribeServiceRevisionsResponse> => {
    const serviceRevisions: ServiceRevision[] = [];
    const failures: Failure[] = [];
    for (const arn of checkArns(input.serviceRevisionArns, "ServiceRevisionArns")) {
      const key = keyInArn(scope, "service-revision", arn);
      const found = key === undefined ? undefined : await ecs.store.serviceRevisions.get(scopeKey(scope), key);
      if (found) serviceRevisions.push(serviceRevisionView(found));
      else failures.push({ arn, reason: "MISSING" });
    }
    return { serviceRevisions, failures };
  };
}
