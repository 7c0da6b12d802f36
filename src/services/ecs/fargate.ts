import type {
  CapacityProviderStrategyItem,
  ContainerDefinition,
  LaunchType,
  NetworkConfiguration,
  PlacementConstraint,
  PlacementStrategy,
  TaskDefinition,
} from "@aws-sdk/client-ecs";
import type { StrategyItem } from "../../control/capacity-strategy.ts";
import { checkStrategy, defaultStrategy } from "./capacity-providers.ts";
import { invalidParameter, notSupportedYet, platformIncompatible, platformUnknown } from "./errors.ts";
import { LATEST_PLATFORM } from "./network-configuration.ts";
import type { ClusterRecord } from "./store.ts";

/** What RunTask and CreateService say of where a task is to run. */
export interface LaunchChoice {
  launchType?: LaunchType | undefined;
  capacityProviderStrategy?: CapacityProviderStrategyItem[] | undefined;
  placementConstraints?: PlacementConstraint[] | undefined;
  placementStrategy?: PlacementStrategy[] | undefined;
  networkConfiguration?: NetworkConfiguration | undefined;
}

/**
 * Only Fargate runs here. Without a launch type or a strategy, its own or the cluster's, ECS means EC2, and an account
 * without container instances is told so.
 * @param both what the operation answers to a launch type beside a strategy
 * @returns the capacity provider strategy, or `undefined` for the launch type
 * @throws AwsError InvalidParameterException
 */
export function requireFargate(
  choice: LaunchChoice,
  cluster: ClusterRecord,
  definition: TaskDefinition,
  both: string,
): StrategyItem[] | undefined {
  const { launchType, capacityProviderStrategy: items = [] } = choice;
  if (items.length && launchType) throw invalidParameter(both);
  const strategy = items.length ? checkStrategy(items, cluster) : launchType ? undefined : defaultStrategy(cluster);
  if (launchType !== "FARGATE" && !strategy) {
    if (choice.networkConfiguration?.awsvpcConfiguration?.assignPublicIp === "ENABLED")
      throw invalidParameter("Assign public IP is not supported for this launch type.");
    if (launchType === "MANAGED_INSTANCES") throw notSupportedYet("launchType MANAGED_INSTANCES");
    throw invalidParameter("No Container Instances were found in your cluster.");
  }
  refusePlacement(choice);
  requireRunnable(definition);
  return strategy;
}

/** Fargate places tasks itself. Empty lists say nothing. @throws AwsError InvalidParameterException */
export function refusePlacement(choice: Pick<LaunchChoice, "placementConstraints" | "placementStrategy">): void {
  if (choice.placementConstraints?.length)
    throw invalidParameter("Placement constraints are not supported with FARGATE launch type.");
  if (choice.placementStrategy?.length)
    throw invalidParameter("Placement strategies are not supported with FARGATE launch type.");
}

/**
 * A definition that Fargate, as it is here, can run: of Linux, with nothing that only container instances have.
 * @throws AwsError InvalidParameterException, PlatformTaskDefinitionIncompatibilityException
 */
export function requireRunnable(definition: TaskDefinition): void {
  if (!definition.compatibilities?.includes("FARGATE"))
    throw invalidParameter("Task definition does not support launch_type FARGATE.");
  const system = definition.runtimePlatform?.operatingSystemFamily;
  if (system && system !== "LINUX") throw platformIncompatible();
  if (definition.containerDefinitions?.some(isConfiguredFromS3)) throw platformIncompatible();
}

/**
 * A log router whose configuration is fetched from S3 can be registered, but: "Tasks hosted on Fargate only support the
 * `file` configuration file type."
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_FirelensConfiguration.html
 */
function isConfiguredFromS3({ firelensConfiguration }: ContainerDefinition): boolean {
  return firelensConfiguration?.options?.["config-file-type"] === "s3";
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
