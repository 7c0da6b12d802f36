import { isDeepStrictEqual } from "node:util";
import type { CreateServiceRequest, UpdateServiceRequest } from "@aws-sdk/client-ecs";
import { formatArn } from "../../../base/arn.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { checkClientToken } from "../client-token.ts";
import type { Ecs } from "../ecs.ts";
import { invalidParameter } from "../errors.ts";
import type { ClusterRecord } from "../store.ts";
import { checkTags } from "../tags.ts";
import { checkDesiredCount } from "./desired-count.ts";
import type { DeploymentSettings, ServiceRecord } from "./service-record.ts";

/* What the requests for services have in common, whoever controls the service's deployments. */

const MAX_CLIENT_TOKEN = 36;

/** What a service says of all its tasks, and an update changes without a deployment. */
type Settings = Pick<
  ServiceRecord,
  "desiredCount" | "healthCheckGracePeriodSeconds" | "enableECSManagedTags" | "enableExecuteCommand" | "propagateTags"
>;

const NEW: Settings = {
  desiredCount: 0,
  healthCheckGracePeriodSeconds: 0,
  enableECSManagedTags: false,
  enableExecuteCommand: false,
  propagateTags: "NONE",
};

/** Checks settings; what is not given stays as it was. @throws AwsError InvalidParameterException */
function checkSettings(
  input: CreateServiceRequest | UpdateServiceRequest,
  before: Settings,
  countName: Parameters<typeof checkDesiredCount>[1],
): Settings {
  checkDesiredCount(input.desiredCount, countName);
  if ((input.healthCheckGracePeriodSeconds ?? 0) < 0)
    throw invalidParameter("healthCheckGracePeriodSeconds must be at least 0");
  return {
    desiredCount: input.desiredCount ?? before.desiredCount,
    healthCheckGracePeriodSeconds: input.healthCheckGracePeriodSeconds ?? before.healthCheckGracePeriodSeconds,
    enableECSManagedTags: input.enableECSManagedTags ?? before.enableECSManagedTags,
    enableExecuteCommand: input.enableExecuteCommand ?? before.enableExecuteCommand ?? false,
    propagateTags: input.propagateTags ?? before.propagateTags,
  };
}

/** What an update makes of a service's settings. @throws AwsError InvalidParameterException */
export function changedSettings(input: UpdateServiceRequest, before: Settings): Settings {
  return checkSettings(input, before, "Task count");
}

/**
 * A service as it is asked for, without a deployment.
 * @throws AwsError InvalidParameterException
 */
export function newService(
  ecs: Pick<Ecs, "clock">,
  { clusterName, clusterArn }: ClusterRecord,
  input: CreateServiceRequest & { serviceName: string },
  { scope, principal }: Pick<RequestContext, "scope" | "principal">,
  deploying: DeploymentSettings & Pick<ServiceRecord, "deploymentController" | "rebalancing">,
): ServiceRecord {
  checkClientToken(input.clientToken, MAX_CLIENT_TOKEN);
  return {
    scope,
    serviceName: input.serviceName,
    serviceArn: formatArn("ecs", scope, `service/${clusterName}/${input.serviceName}`),
    clusterName,
    clusterArn,
    status: "ACTIVE",
    platformVersion: input.platformVersion ?? "LATEST",
    ...checkSettings(input, NEW, "DesiredCount"),
    ...deploying,
    deployments: [],
    events: [],
    tags: checkTags(input.tags),
    ...(input.clientToken === undefined ? {} : { clientToken: input.clientToken }),
    createdAt: new Date(ecs.clock.now()),
    createdBy: principal.arn,
  };
}

/**
 * The active service that a CreateService asks for again; none when there is none by that name.
 * @param shape what must be the same
 * @throws AwsError InvalidParameterException when it has another client token or shape, or drains
 */
export function repeatedService(
  earlier: ServiceRecord | undefined,
  asked: ServiceRecord,
  shape: (service: ServiceRecord) => unknown,
): ServiceRecord | undefined {
  if (earlier?.status === "DRAINING") throw invalidParameter("Unable to Start a service that is still Draining.");
  if (earlier?.status !== "ACTIVE") return undefined;
  const isSame = Boolean(asked.clientToken) && earlier.clientToken === asked.clientToken;
  if (!isSame || !isDeepStrictEqual(stored(shape(earlier)), stored(shape(asked))))
    throw invalidParameter("Creation of service was not idempotent.");
  return earlier;
}

/** As it is when it was stored: what is not there is nothing, in whatever order its members are. */
function stored(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
