import type { Clock } from "../../../base/clock.ts";
import type { Ids } from "../../../base/ids.ts";
import { withEvent, type ServiceRecord } from "./service-record.ts";

/** How messages about failures end. */
export const TROUBLESHOOTING =
  "For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.";

/** What an event needs beside its text. */
export interface Teller {
  clock: Clock;
  ids: Ids;
}

/**
 * The service with one more event, `(service NAME) …`.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html
 */
export function say({ clock, ids }: Teller, service: ServiceRecord, text: string): ServiceRecord {
  return withEvent(service, ids.uuid(), new Date(clock.now()), `(service ${service.serviceName}) ${text}`);
}

/** As {@link say}, unless it is the last thing that was said. */
export function sayOnce(teller: Teller, service: ServiceRecord, text: string): ServiceRecord {
  return service.events[0]?.message === `(service ${service.serviceName}) ${text}`
    ? service
    : say(teller, service, text);
}
