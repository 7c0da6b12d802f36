import { AwsError } from "../../base/errors.ts";

/** The errors of the ECS API, https://docs.aws.amazon.com/AmazonECS/latest/APIReference/CommonErrors.html */

/** The request asks for something that does not fit the resource it names. */
export const clientError = (message: string) => new AwsError("ClientException", message);

/** A parameter has a value that is not allowed. */
export const invalidParameter = (message: string) => new AwsError("InvalidParameterException", message);

export const clusterNotFound = () => new AwsError("ClusterNotFoundException", "Cluster not found.");

export const serviceNotFound = () => new AwsError("ServiceNotFoundException", "Service not found.");

export const serviceNotActive = () => new AwsError("ServiceNotActiveException", "Service was not ACTIVE.");

export const clusterContainsServices = () =>
  new AwsError("ClusterContainsServicesException", "The Cluster cannot be deleted while Services are active.");

export const clusterContainsTasks = () =>
  new AwsError("ClusterContainsTasksException", "The Cluster cannot be deleted while Tasks are active.");

export const platformUnknown = () =>
  new AwsError("PlatformUnknownException", "The specified platform does not exist.");

/** A field that AWS acts on and Neargate does not yet: refused, so that nobody relies on it. */
export const notSupportedYet = (field: string) =>
  invalidParameter(`'${field}' is not supported by Neargate yet.`);

/** What AWS says of an account that may not use a feature. */
export const unsupportedFeature = (message: string) => new AwsError("UnsupportedFeatureException", message);
