import type { DescribeServiceRevisionsRequest, DescribeServiceRevisionsResponse } from "@aws-sdk/client-ecs";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ecs } from "../ecs.ts";
import { checkNames, lookUpEach } from "../named-resources.ts";
import { keyInArn, MAX_ARNS } from "../service/deployment-arns.ts";
import { serviceRevisionView } from "../service/service-revision-view.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeServiceRevisions.html */
export function describeServiceRevisions(ecs: Ecs) {
  return async (
    input: DescribeServiceRevisionsRequest,
    { scope }: RequestContext,
  ): Promise<DescribeServiceRevisionsResponse> => {
    const { found, failures } = await lookUpEach(
      checkNames(input.serviceRevisionArns, "ServiceRevisionArns", MAX_ARNS),
      { scope, path: "" },
      async (arn) => {
        const key = keyInArn(scope, "service-revision", arn);
        return key === undefined ? undefined : await ecs.store.serviceRevisions.get(scopeKey(scope), key);
      },
      serviceRevisionView,
    );
    return { serviceRevisions: found, failures };
  };
}
