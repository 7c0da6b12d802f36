import type { AwsVpcConfiguration, NetworkConfiguration } from "@aws-sdk/client-ecs";
import { AwsError } from "../../base/errors.ts";
import type { Scope } from "../../base/scope.ts";
import type { Ecs } from "./ecs.ts";
import { invalidParameter } from "./errors.ts";

const MAX_SUBNETS = 16;
const MAX_SECURITY_GROUPS = 5;

/** A network configuration that was checked against the VPC, with the zone of every subnet. */
export interface CheckedNetwork {
  network: AwsVpcConfiguration;
  subnets: { subnetId: string; availabilityZone: string }[];
}

/**
 * Checks subnets and security groups as RunTask and CreateService do.
 * @throws AwsError InvalidParameterException, with EC2's error inside
 */
export async function checkNetwork(
  ecs: Ecs,
  scope: Scope,
  configuration: NetworkConfiguration | undefined,
): Promise<CheckedNetwork> {
  const given = requireNetwork(configuration);
  const subnets = given.subnets ?? [];
  const securityGroups = given.securityGroups ?? [];
  if (!subnets.length) throw invalidParameter("subnets can not be empty.");
  if (subnets.length > MAX_SUBNETS) throw invalidParameter(`subnets can have at most ${MAX_SUBNETS} items.`);
  if (securityGroups.length > MAX_SECURITY_GROUPS)
    throw invalidParameter(`securityGroups can have at most ${MAX_SECURITY_GROUPS} items.`);
  const network: AwsVpcConfiguration = { subnets, securityGroups, assignPublicIp: given.assignPublicIp ?? "DISABLED" };
  return { network, subnets: await placement(ecs, scope, network) };
}

/** The configuration that every task with its own network interface needs. @throws AwsError InvalidParameterException */
export function requireNetwork(configuration: NetworkConfiguration | undefined): AwsVpcConfiguration {
  if (!configuration?.awsvpcConfiguration)
    throw invalidParameter("Network Configuration must be provided when networkMode 'awsvpc' is specified.");
  return configuration.awsvpcConfiguration;
}

/** The zones of a configuration's subnets. @throws AwsError InvalidParameterException */
export async function placement(
  ecs: Ecs,
  scope: Scope,
  network: AwsVpcConfiguration,
): Promise<CheckedNetwork["subnets"]> {
  try {
    const checked = await ecs.networking.checkPlacement(scope, {
      subnetIds: network.subnets ?? [],
      securityGroupIds: network.securityGroups ?? [],
    });
    return checked.subnets;
  } catch (cause) {
    if (!(cause instanceof AwsError)) throw cause;
    throw invalidParameter(placementProblem(cause, network));
  }
}

/** ECS's words for what EC2 says of a configuration. */
function placementProblem(cause: AwsError, network: AwsVpcConfiguration): string {
  const about = (what: string, ids: readonly string[] | undefined) =>
    `Error retrieving ${what} information for [${ids?.join(", ")}]: ${cause.message} (ErrorCode: ${cause.code})`;
  if (cause.code.startsWith("InvalidSubnet")) return about("subnet", network.subnets);
  if (cause.code.startsWith("InvalidGroup")) return about("security group", network.securityGroups);
  const stranger = network.securityGroups?.find((groupId) => cause.message.includes(groupId));
  return stranger === undefined
    ? cause.message
    : `Security group ${stranger} does not appear to belong to the same VPC as the input subnets.`;
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/platform-fargate.html */
export const LATEST_PLATFORM = "1.4.0";
