import type {
  CapacityProviderStrategyItem,
  LaunchType,
  NetworkConfiguration,
  PlacementConstraint,
  PlacementStrategy,
  TaskDefinition,
} from "@aws-sdk/client-ecs";
import { invalidParameter, notSupportedYet, platformIncompatible, platformUnknown } from "./errors.ts";
import { LATEST_PLATFORM } from "./network-configuration.ts";

/** What RunTask and CreateService say of where a task is to run. */
export interface LaunchChoice {
  launchType?: LaunchType | undefined;
  capacityProviderStrategy?: CapacityProviderStrategyItem[] | undefined;
  placementConstraints?: PlacementConstraint[] | undefined;
  placementStrategy?: PlacementStrategy[] | undefined;
  networkConfiguration?: NetworkConfiguration | undefined;
}

/**
 * Only Fargate runs here. Without a launch type ECS means EC2, and an account without container instances is told so.
 * @param both what the operation answers to a launch type beside a strategy
 * @throws AwsError InvalidParameterException
 */
export function requireFargate(choice: LaunchChoice, definition: TaskDefinition, both: string): void {
  const { launchType } = choice;
  if (choice.capacityProviderStrategy?.length)
    throw launchType ? invalidParameter(both) : notSupportedYet("capacityProviderStrategy");
  if (launchType !== "FARGATE") {
    if (choice.networkConfiguration?.awsvpcConfiguration?.assignPublicIp === "ENABLED")
      throw invalidParameter("Assign public IP is not supported for this launch type.");
    if (launchType === "MANAGED_INSTANCES") throw notSupportedYet("launchType MANAGED_INSTANCES");
    throw invalidParameter("No Container Instances were found in your cluster.");
  }
  if (choice.placementConstraints?.length)
    throw invalidParameter("Placement constraints are not supported with FARGATE launch type.");
  if (choice.placementStrategy?.length)
    throw invalidParameter("Placement strategies are not supported with FARGATE launch type.");
  requireRunnable(definition);
}

/**
 * A definition that Fargate, as it is here, can run: Linux.
 * @throws AwsError InvalidParameterException, PlatformTaskDefinitionIncompatibilityException
 */
export function requireRunnable(definition: TaskDefinition): void {
  if (!definition.compatibilities?.includes("FARGATE"))
    throw invalidParameter("Task definition does not support launch_type FARGATE.");
  const system = definition.runtimePlatform?.operatingSystemFamily;
  if (system && system !== "LINUX") throw platformIncompatible();
}

/** Why nothing here can run the definition's architecture, as ECS says it when Fargate has none to offer. */
export function capacityProblem(definition: TaskDefinition): { reason: string; detail: string } | undefined {
  const asked = definition.runtimePlatform?.cpuArchitecture;
  const host = process.arch === "arm64" ? "ARM64" : "X86_64";
  if (!asked || asked === host) return undefined;
  return {
    reason: "Capacity is unavailable at this time. Please try again later or in a different availability zone",
    detail: `This machine runs ${host} tasks; the task definition asks for ${asked}.`,
  };
}

/** The version that runs: `LATEST` is 1.4.0. @throws AwsError PlatformUnknownException */
export function resolvePlatform(platformVersion: string | undefined): string {
  if (platformVersion === undefined || platformVersion === "LATEST" || platformVersion === LATEST_PLATFORM)
    return LATEST_PLATFORM;
  throw platformUnknown();
}
