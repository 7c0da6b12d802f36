import type { Clock } from "../../../base/clock.ts";
import type { Ids } from "../../../base/ids.ts";
import { withEvent, type ServiceCondition, type ServiceRecord } from "./service-record.ts";

/** How messages about failures end. */
export const TROUBLESHOOTING =
  "For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.";

/** What lasts is said again after this long. */
export const REPEAT_MS = 6 * 60 * 60_000;

/** What an event needs beside its text. */
export interface Teller {
  clock: Clock;
  ids: Ids;
}

/**
 * The service with one more event, `(service NAME) …`.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html
 * @param taskSetId what it is about, in a service with task sets
 */
export function say({ clock, ids }: Teller, service: ServiceRecord, text: string, taskSetId?: string): ServiceRecord {
  return withEvent(service, ids.uuid(), new Date(clock.now()), asMessage(service, text, taskSetId));
}

function asMessage({ serviceName }: ServiceRecord, text: string, taskSetId?: string): string {
  return `(service ${serviceName}${taskSetId === undefined ? "" : `, taskSet ${taskSetId}`}) ${text}`;
}

/** As {@link say}, of something that lasts: said once, and again when it is another text or after six hours. */
export function sayWhile(
  teller: Teller,
  service: ServiceRecord,
  condition: ServiceCondition,
  text: string,
  taskSetId?: string,
): ServiceRecord {
  const now = teller.clock.now();
  const key = conditionKey(condition, taskSetId);
  const last = service.conditions?.[key];
  const message = asMessage(service, text, taskSetId);
  if (last && last.message === message && now - last.saidAt < REPEAT_MS) return service;
  const told = say(teller, service, text, taskSetId);
  return { ...told, conditions: { ...told.conditions, [key]: { message, saidAt: now } } };
}

/** Says that the protected tasks of a deployment keep its service from being scaled in. @param blockedBy nothing, that none do */
export function withBlocked(teller: Teller, service: ServiceRecord, blockedBy: string | undefined): ServiceRecord {
  if (blockedBy === undefined) return withoutCondition(service, "blocked");
  const text = `was unable to reach steady state because task set (${blockedBy}) was unable to scale in. Reason: The number of protected tasks are more than the desired count of tasks.`;
  return sayWhile(teller, service, "blocked", text);
}

/** The condition is over: the next time it is said at once. */
export function withoutCondition(
  service: ServiceRecord,
  condition: ServiceCondition,
  taskSetId?: string,
): ServiceRecord {
  const key = conditionKey(condition, taskSetId);
  if (!service.conditions?.[key]) return service;
  const { [key]: _over, ...conditions } = service.conditions;
  return { ...service, conditions };
}

/** Under what a service's `conditions` have it. */
export function conditionKey(condition: ServiceCondition, taskSetId?: string): string {
  return taskSetId === undefined ? condition : `${condition} ${taskSetId}`;
}
