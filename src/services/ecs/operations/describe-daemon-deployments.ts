import type { DescribeDaemonDeploymentsRequest, DescribeDaemonDeploymentsResponse } from "@aws-sdk/client-ecs";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeDaemonDeployments.html; there are none. */
export function describeDaemonDeployments() {
  return async ({
    daemonDeploymentArns,
  }: DescribeDaemonDeploymentsRequest): Promise<DescribeDaemonDeploymentsResponse> => {
    return { daemonDeployments: [], failures: daemonDeploymentArns!.map((arn) => ({ arn, reason: "MISSING" })) };
  };
}
