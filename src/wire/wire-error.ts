import type { AwsError } from "../base/errors.ts";
import type { ServiceModel } from "./model.ts";
import type { Protocol } from "./protocol.ts";

/** An error with all that its model adds, ready to be written. */
export interface WireError {
  /** The shape name: what JSON and CBOR carry. */
  name: string;
  /** The namespace of the shape, such as `com.amazonaws.ecs`; of Coral for errors no model has. */
  namespace: string;
  /** What query protocols carry. */
  queryCode: string;
  status: number;
  fault: "client" | "server";
  message: string;
  /** How the model spells the message's member. */
  messageMember: string;
  fields: Readonly<Record<string, unknown>>;
}

/** Errors that every service has and no model lists, https://docs.aws.amazon.com/AmazonECS/latest/APIReference/CommonErrors.html */
const COMMON_NAMESPACE = "com.amazon.coral.service";

/**
 * Completes an error from its model.
 * @param model undefined while the service is not loaded: errors of that time are common ones
 */
export function describeError(error: AwsError, model: ServiceModel | undefined): WireError {
  const known = model?.error(error.code);
  const fault = known?.fault ?? ((error.status ?? 400) >= 500 ? "server" : "client");
  return {
    name: known?.name ?? error.code,
    namespace: known ? model!.namespace : COMMON_NAMESPACE,
    queryCode: known?.queryCode ?? error.code,
    status: error.status ?? known?.httpStatus ?? known?.queryStatus ?? (fault === "server" ? 500 : 400),
    fault,
    message: error.message,
    messageMember: known?.members.find((member) => member.toLowerCase() === "message") ?? "message",
    fields: error.fields,
  };
}

/** The code as clients of that protocol see it. */
export function codeOf(error: WireError, protocol: Protocol): string {
  return ["awsQuery", "ec2Query", "restXml"].includes(protocol) ? error.queryCode : error.name;
}

/** `x-amzn-query-error`: the code that clients of a service's former query protocol know. */
export function queryErrorHeader(error: WireError): string {
  return `${error.queryCode};${error.fault === "client" ? "Sender" : "Receiver"}`;
}
