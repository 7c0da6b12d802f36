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

export const serviceDeploymentNotFound = () =>
  new AwsError("ServiceDeploymentNotFoundException", "Service deployment not found.");

/** What is over can be stopped no more. */
export const serviceDeploymentConflict = (arn: string, status: string) =>
  new AwsError("ConflictException", `The service deployment ${arn} can't be stopped because its status is ${status}.`);

export const clusterContainsServices = () =>
  new AwsError("ClusterContainsServicesException", "The Cluster cannot be deleted while Services are active.");

export const clusterContainsTasks = () =>
  new AwsError("ClusterContainsTasksException", "The Cluster cannot be deleted while Tasks are active.");

/** Cloud Map has no such namespace. */
export const namespaceNotFound = (nameOrArn: string) =>
  new AwsError("NamespaceNotFoundException", `Failed to retrieve namespace for ${nameOrArn}`);

/** A capacity provider that tasks or services of the cluster use cannot be taken from it. */
export const capacityProviderInUse = () =>
  new AwsError("ResourceInUseException", "The specified capacity provider is in use and cannot be removed.");

/** What Amazon ECS runs on machines of a customer's that this account has none of. */
export const unsupportedFeature = (feature: string) =>
  new AwsError("UnsupportedFeatureException", `${feature} is not supported in this Region.`);

/** No machine of the account has the id or ARN. */
export const containerInstanceNotFound = (reference: string) =>
  clientError(`Referenced container instance ${reference} not found.`);

/** Without container instances there is nowhere to start a task, and nobody to report. */
export const noContainerInstances = () => invalidParameter("No Container Instances were found in your cluster.");

/** What attributes are to be of. */
export const targetNotFound = () =>
  new AwsError(
    "TargetNotFoundException",
    "The specified target wasn't found. You can view your available container instances with ListContainerInstances. Amazon ECS container instances are cluster-specific and Region-specific.",
  );

export const taskSetNotFound = () =>
  new AwsError(
    "TaskSetNotFoundException",
    "The specified task set wasn't found. You can view your available task sets with DescribeTaskSets. Task sets are specific to each cluster, service and Region.",
  );

export const daemonNotFound = () =>
  new AwsError(
    "DaemonNotFoundException",
    "The specified daemon wasn't found. You can view your available daemons with ListDaemons. Amazon ECS daemons are cluster specific and Region specific.",
  );

export const gatewayNotFound = () =>
  new AwsError(
    "GatewayNotFoundException",
    "The specified gateway wasn't found. Check that the gateway name or ARN is correct and that the gateway exists in your account and Region.",
  );

/** What is asked for has no other error of its own. */
export const resourceNotFound = () => new AwsError("ResourceNotFoundException", "The specified resource wasn't found.");

/** Only machines of the account report what happens on them. */
export const notAnInstance = () =>
  new AwsError("AccessDeniedException", "You don't have authorization to perform the requested action.");

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

/** ECS Exec is not on in the task, or its agent in the container does not run. */
export const execNotEnabled = () =>
  invalidParameter(
    "The execute command failed because execute command was not enabled when the task was run or the execute command agent isn’t running. Wait and try again or run a new task with execute command enabled and try again.",
  );

/** ECS Exec's agent in the container is not connected. */
export const targetNotConnected = () =>
  new AwsError("TargetNotConnectedException", "The execute command failed due to an internal error. Try again later.");

/** Fargate starts no more tasks at the moment. */
export const launchesThrottled = () => new AwsError("ThrottlingException", "Rate exceeded");

export const taskDefinitionNotFound = () => clientError("TaskDefinition not found.");

export const taskDefinitionInactive = () => clientError("TaskDefinition is inactive");

/** A field that AWS acts on and Neargate does not yet: refused, so that nobody relies on it. */
export const notSupportedYet = (field: string) => invalidParameter(`'${field}' is not supported by Neargate yet.`);
