import type { OperationType } from "@aws-sdk/client-servicediscovery";
import { AwsError } from "../../base/errors.ts";
import type { NamespaceRecord, ServiceRecord } from "./store.ts";

/** A value that Cloud Map does not take. */
export function invalidInput(message: string): AwsError {
  return new AwsError("InvalidInput", message);
}

export function namespaceNotFound(id?: string): AwsError {
  return new AwsError("NamespaceNotFound", id === undefined ? "Namespace not found" : `Namespace not found: ${id}`);
}

export function serviceNotFound(id?: string): AwsError {
  return new AwsError("ServiceNotFound", id === undefined ? "Service not found" : `Service not found: ${id}`);
}

export function instanceNotFound(instanceId: string): AwsError {
  return new AwsError("InstanceNotFound", `Instance not found: ${instanceId}`);
}

export function operationNotFound(operationId: string): AwsError {
  return new AwsError("OperationNotFound", `Operation not found: ${operationId}`);
}

/** Of tags. */
export function resourceNotFound(arn: string): AwsError {
  return new AwsError("ResourceNotFoundException", `Resource not found: ${arn}`);
}

export function customHealthNotFound(serviceId: string): AwsError {
  return new AwsError("CustomHealthNotFound", `Service ${serviceId} has no custom health check configuration.`);
}

export function namespaceExists({ namespaceId, name, creatorRequestId }: NamespaceRecord): AwsError {
  return new AwsError("NamespaceAlreadyExists", `Namespace with name ${name} already exists.`, undefined, {
    CreatorRequestId: creatorRequestId,
    NamespaceId: namespaceId,
  });
}

export function serviceExists({ serviceId, name, creatorRequestId }: ServiceRecord, arn: string): AwsError {
  return new AwsError("ServiceAlreadyExists", `Service with name ${name} already exists.`, undefined, {
    CreatorRequestId: creatorRequestId,
    ServiceId: serviceId,
    ServiceArn: arn,
  });
}

export function namespaceInUse(): AwsError {
  return new AwsError(
    "ResourceInUse",
    "Namespace has associated services; delete the services before deleting the namespace",
  );
}

export function serviceInUse(): AwsError {
  return new AwsError(
    "ResourceInUse",
    "Service contains registered instances; delete the instances before deleting the service",
  );
}

const OPERATIONS: Record<OperationType, string> = {
  CREATE_NAMESPACE: "CreateNamespace",
  DELETE_NAMESPACE: "DeleteNamespace",
  UPDATE_NAMESPACE: "UpdateNamespace",
  UPDATE_SERVICE: "UpdateService",
  REGISTER_INSTANCE: "RegisterInstance",
  DEREGISTER_INSTANCE: "DeregisterInstance",
};

/** One operation at a time changes a resource. */
export function operationInProgress(type: OperationType, operationId: string): AwsError {
  return new AwsError(
    "DuplicateRequest",
    `Another operation of type ${OPERATIONS[type]} and id ${operationId} is in progress`,
    undefined,
    { DuplicateOperationId: operationId },
  );
}

/** The request id was used for something else. */
export function requestIdReused(requestId: string, operationId?: string): AwsError {
  return new AwsError(
    "DuplicateRequest",
    `The request ID ${requestId} was used before with different parameters.`,
    undefined,
    operationId === undefined ? {} : { DuplicateOperationId: operationId },
  );
}

export function limitExceeded(message: string): AwsError {
  return new AwsError("ResourceLimitExceeded", message);
}

export function attributesLimitExceeded(): AwsError {
  return new AwsError(
    "ServiceAttributesLimitExceededException",
    "The attribute can't be added to the service because you've exceeded the quota for the number of attributes you can add to a service.",
  );
}

export function tooManyTags(arn: string): AwsError {
  return new AwsError(
    "TooManyTagsException",
    "The list of tags on the resource is over the quota. The maximum number of tags that can be applied to a resource is 50.",
    undefined,
    { ResourceName: arn },
  );
}

/** Why an operation failed after it was submitted, as GetOperation tells it. */
export class OperationFailure extends Error {
  readonly code: "CANNOT_CREATE_HOSTED_ZONE" | "INVALID_CHANGE_BATCH" | "INTERNAL_FAILURE";

  constructor(code: OperationFailure["code"], message: string) {
    super(message);
    this.name = "OperationFailure";
    this.code = code;
  }
}
