import { AwsError } from "../../base/errors.ts";

/** The errors of the ECS API, https://docs.aws.amazon.com/AmazonECS/latest/APIReference/CommonErrors.html */

/** The request asks for something that does not fit the resource it names. */
export const clientError = (message: string) => new AwsError("ClientException", message);

/** A parameter has a value that is not allowed. */
export const invalidParameter = (message: string) => new AwsError("InvalidParameterException", message);

export const clusterNotFound = () => new AwsError("ClusterNotFoundException", "Cluster not found.");

/** The cluster was deleted; it is still described. */
export const clusterInactive = () => new AwsError("ClusterNotFoundException", "The referenced cluster was inactive.");

export const serviceNotFound = () => new AwsError("ServiceNotFoundException", "Service not found.");

/** DeleteService alone says nothing about a service that does not exist. */
export const serviceToDeleteNotFound = () => new AwsError("ServiceNotFoundException", "");

export const serviceNotActive = () => new AwsError("ServiceNotActiveException", "Service was not ACTIVE.");

export const clusterContainsServices = () =>
  new AwsError("ClusterContainsServicesException", "The Cluster cannot be deleted while Services are active.");

export const clusterContainsTasks = () =>
  new AwsError("ClusterContainsTasksException", "The Cluster cannot be deleted while Tasks are active.");

/** Cloud Map has no such namespace. */
export const namespaceNotFound = (nameOrArn: string) =>
  new AwsError("NamespaceNotFoundException", `Failed to retrieve namespace for ${nameOrArn}`);

export const platformUnknown = () => new AwsError("PlatformUnknownException", "The specified platform does not exist.");

/** The task definition needs what no platform here has. */
export const platformIncompatible = () =>
  new AwsError(
    "PlatformTaskDefinitionIncompatibilityException",
    "One or more of the requested capabilities are not supported.",
  );

/** RunTask's client token was used with another request, which made the tasks of `taskArns`. */
export const clientTokenInUse = (taskArns: readonly string[]) =>
  new AwsError(
    "ConflictException",
    "The RunTask request could not be processed due to conflicts. The provided clientToken is already in use with a different request.",
    undefined,
    { resourceIds: taskArns },
  );

export const taskDefinitionNotFound = () => clientError("TaskDefinition not found.");

export const taskDefinitionInactive = () => clientError("TaskDefinition is inactive");

/** A field that AWS acts on and Neargate does not yet: refused, so that nobody relies on it. */
export const notSupportedYet = (field: string) => invalidParameter(`'${field}' is not supported by Neargate yet.`);
