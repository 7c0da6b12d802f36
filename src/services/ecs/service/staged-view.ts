import type { ServiceDeployment, ServiceDeploymentLifecycleStage, ServiceRevisionSummary } from "@aws-sdk/client-ecs";
import type { LifecycleState } from "./service-deployment-record.ts";

/**
 * How far a deployment with stages is, as DescribeServiceDeployments shows it.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceDeployment.html
 */
export function lifecycleView(
  lifecycle: LifecycleState | undefined,
): Pick<ServiceDeployment, "lifecycleStage" | "lifecycleHookDetails"> {
  if (!lifecycle) return { lifecycleHookDetails: [] };
  return {
    // PRE_PRODUCTION_TRAFFIC_SHIFT is documented, though it is not in the SDK's type.
    lifecycleStage: lifecycle.stage as ServiceDeploymentLifecycleStage,
    lifecycleHookDetails: lifecycle.hooks.map(({ stage: _stage, ...hook }) => ({ ...hook, targetType: "PAUSE" })),
  };
}

type Weights = Pick<ServiceRevisionSummary, "requestedTestTrafficWeight" | "requestedProductionTrafficWeight">;

/**
 * The traffic that the target of a deployment is to get, or its sources.
 * Nothing is said when ECS does not manage it.
 */
export function weightsView(lifecycle: LifecycleState | undefined, whose: "target" | "source"): Weights {
  if (!lifecycle?.managesTraffic) return {};
  const part = (percent: number) => (whose === "target" ? percent : Math.round((100 - percent) * 10) / 10);
  return {
    requestedTestTrafficWeight: part(lifecycle.testWeight),
    requestedProductionTrafficWeight: part(lifecycle.productionWeight),
  };
}
