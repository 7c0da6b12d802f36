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
export async function checkNetwork(ecs: Ecs, scope: Scope, configuration: NetworkConfiguration | undefined): Promise<CheckedNetwork> {
  const given = configuration?.awsvpcConfiguration;
  if (!given) throw invalidParameter("Network Configuration must be provided when networkMode 'awsvpc' is specified.");
  const subnets = given.subnets ?? [];
  const securityGroups = given.securityGroups ?? [];
  if (!subnets.length) throw invalidParameter("subnets can not be empty.");
  if (subnets.length > MAX_SUBNETS) throw invalidParameter(`subnets can have at most ${MAX_SUBNETS} items.`);
  if (securityGroups.length > MAX_SECURITY_GROUPS)
    throw invalidParameter(`securityGroups can have at most ${MAX_SECURITY_GROUPS} items.`);
  const network: AwsVpcConfiguration = { subnets, securityGroups, assignPublicIp: given.assignPublicIp ?? "DISABLED" };
  return { network, subnets: await placement(ecs, scope, network) };
}

/** The zones of a configuration's subnets. @throws AwsError InvalidParameterException */
export async function placement(ecs: Ecs, scope: Scope, network: AwsVpcConfiguration): Promise<CheckedNetwork["subnets"]> {
  try {
    const checked = await ecs.networking.checkPlacement(scope, {
      subnetIds: network.subnets ?? [],
      securityGroupIds: network.securityGroups ?? [],
    });
    return checked.subnets;
  } catch (cause) {
    if (!(cause instanceof AwsError)) throw cause;
    const what = cause.code.startsWith("InvalidSubnet")
      ? `subnet information for [${network.subnets?.join(", ")}]`
      : `security group information for [${network.securityGroups?.join(", ")}]`;
    throw invalidParameter(`Error retrieving ${what}: ${cause.message} (ErrorCode: ${cause.code})`);
  }
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/platform-fargate.html */
export const LATEST_PLATFORM = "1.4.0";
