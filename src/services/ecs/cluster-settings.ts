import type { ClusterSetting } from "@aws-sdk/client-ecs";
import { notSupportedYet } from "./errors.ts";

/** The settings that a cluster can have here: those that are off. @throws AwsError InvalidParameterException */
export function checkClusterSettings(settings: readonly ClusterSetting[] | undefined): void {
  for (const { name, value } of settings ?? [])
    if (name === "containerInsights" && value !== "disabled")
      throw notSupportedYet(`settings containerInsights=${value}`);
}
