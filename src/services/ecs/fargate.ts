import type { LaunchType, TaskDefinition } from "@aws-sdk/client-ecs";
import { invalidParameter, platformUnknown } from "./errors.ts";
import { LATEST_PLATFORM } from "./network-configuration.ts";

/**
 * Only Fargate runs here. Without a launch type ECS means EC2, and an account without container instances is told so.
 * @throws AwsError InvalidParameterException
 */
export function requireFargate(launchType: LaunchType | undefined, definition: TaskDefinition): void {
  if (launchType === undefined || launchType === "EC2" || launchType === "EXTERNAL")
    throw invalidParameter("No Container Instances were found in your cluster.");
  if (launchType !== "FARGATE") throw invalidParameter(`Launch type ${launchType} is not supported.`);
  if (!definition.compatibilities?.includes("FARGATE"))
    throw invalidParameter("Task definition does not support launch_type FARGATE.");
}

/** The version that runs: `LATEST` is 1.4.0. @throws AwsError PlatformUnknownException */
export function resolvePlatform(platformVersion: string | undefined): string {
  if (platformVersion === undefined || platformVersion === "LATEST" || platformVersion === LATEST_PLATFORM) return LATEST_PLATFORM;
  throw platformUnknown();
}
