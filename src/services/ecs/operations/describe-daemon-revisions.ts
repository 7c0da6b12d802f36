import type { DescribeDaemonRevisionsRequest, DescribeDaemonRevisionsResponse } from "@aws-sdk/client-ecs";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeDaemonRevisions.html; there are none. */
export function describeDaemonRevisions() {
  return async ({ daemonRevisionArns }: DescribeDaemonRevisionsRequest): Promise<DescribeDaemonRevisionsResponse> => {
    return { daemonRevisions: [], failures: daemonRevisionArns!.map((arn) => ({ arn, reason: "MISSING" })) };
  };
}
