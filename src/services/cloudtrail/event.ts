import type { FinishedCall } from "../../wire/calls.ts";
import { isReadOnly } from "./operation-kinds.ts";
import { shownParameters } from "./parameters.ts";
import { keysUsed, resourcesOf, type EventResource } from "./resources.ts";
import { eventTime, userIdentity, userName } from "./user-identity.ts";

/** An event as it is stored: the record itself and what it is found by. */
export interface StoredEvent {
  eventId: string;
  /** Milliseconds since 1970, whole seconds. */
  time: number;
  account: string;
  region: string;
  name: string;
  source: string;
  userName: string | undefined;
  accessKeyId: string | undefined;
  readOnly: boolean;
  resources: EventResource[];
  /** JSON, https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html */
  record: string;
}

/** Services that are in every Region and tell of it in one. */
const GLOBAL: ReadonlySet<string> = new Set(["iam"]);
const GLOBAL_REGION = "us-east-1";
const KEY = "AWS::KMS::Key";
/** Who calls when the engine acts as the role of a task. */
const ENGINE = "ecs-tasks.amazonaws.com";
/** What is longer is cut off, as on AWS: anybody may call by any name, and with any text. */
const MAX_NAME = 128;
const MAX_TEXT = 1024;
/** What was asked and answered is left out where it is longer, as on AWS. */
const MAX_PARAMETERS = 100 * 1024;

/** The event that a call leaves. */
export function eventOf(call: FinishedCall, eventId: string): StoredEvent {
  const { service, caller, error, scope } = call;
  const operation = call.operation.slice(0, MAX_NAME);
  const source = `${service.signingName}.amazonaws.com`;
  const readOnly = isReadOnly(service.name, operation);
  const requestParameters = shownParameters(service.name, call.model?.input, call.input);
  const responseElements = readOnly ? null : shownParameters(service.name, call.model?.output, call.output);
  const keys = keysUsed(service.name, call.output).map((name) => ({ type: KEY, name }));
  const named = resourcesOf(service.name, requestParameters, responseElements);
  const resources = [...keys, ...named.filter(({ name }) => !keys.some((key) => key.name === name))];
  const region = GLOBAL.has(service.name) ? GLOBAL_REGION : scope.region;
  const invokedBy = caller?.calledVia ?? (call.host === undefined ? ENGINE : undefined);
  const time = Math.floor(call.at / 1000) * 1000;
  const record = {
    eventVersion: "1.11",
    userIdentity: userIdentity(caller, invokedBy),
    eventTime: eventTime(time),
    eventSource: source,
    eventName: operation,
    awsRegion: region,
    sourceIPAddress: invokedBy ?? call.sourceIp,
    userAgent: invokedBy ?? call.userAgent?.slice(0, MAX_TEXT),
    errorCode: error?.code,
    errorMessage: error?.message.slice(0, MAX_TEXT),
    requestParameters,
    responseElements,
    requestID: call.requestId,
    eventID: eventId,
    readOnly,
    resources: keys.length ? keys.map(({ type, name }) => ({ accountId: scope.account, type, ARN: name })) : undefined,
    eventType: "AwsApiCall",
    managementEvent: true,
    recipientAccountId: scope.account,
    vpcEndpointId: caller?.vpc?.endpointId,
    eventCategory: "Management",
  };
  return {
    eventId,
    time,
    account: scope.account,
    region,
    name: operation,
    source,
    userName: userName(caller),
    accessKeyId: caller?.principal.accessKeyId || undefined,
    readOnly,
    resources,
    record: textOf(record),
  };
}

/** The record without what is too long in it. */
function textOf<Record extends { requestParameters: unknown; responseElements: unknown }>(record: Record): string {
  const text = JSON.stringify(record);
  if (text.length <= MAX_PARAMETERS) return text;
  const fitting = (shown: unknown) => (JSON.stringify(shown).length <= MAX_PARAMETERS ? shown : null);
  const { requestParameters, responseElements } = record;
  return JSON.stringify({
    ...record,
    requestParameters: fitting(requestParameters),
    responseElements: fitting(responseElements),
  });
}
