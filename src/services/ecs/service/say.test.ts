import { expect, test } from "vitest";
import type { Clock } from "../../../base/clock.ts";
import { randomIds } from "../../../base/ids.ts";
import { REPEAT_MS, say, sayWhile, withoutCondition } from "./say.ts";
import type { ServiceRecord } from "./service-record.ts";

const HOUR_MS = 60 * 60_000;
let now = 0;
const clock = { now: () => now } as Clock;
const teller = { clock, ids: randomIds };
const quiet = { serviceName: "web", events: [] } as Pick<ServiceRecord, "serviceName" | "events"> as ServiceRecord;
const messages = ({ events }: ServiceRecord) => events.map(({ message }) => message).toReversed();

test("what lasts is said once, and again after six hours", () => {
  let service = quiet;
  const said: number[] = [];
  for (now = 0; now <= 13 * HOUR_MS; now += HOUR_MS) {
    const before = service;
    service = sayWhile(teller, service, "steady", "has reached a steady state.");
    if (service !== before) said.push(now / HOUR_MS);
  }
  expect(said).toEqual([0, 6, 12]);
  expect(REPEAT_MS).toBe(6 * HOUR_MS);
});

test("whatever is said in between", () => {
  let service = sayWhile(teller, quiet, "stuck", "is stuck.");
  service = say(teller, service, "has started 1 tasks.");
  expect(messages(sayWhile(teller, service, "stuck", "is stuck."))).toEqual([
    "(service web) is stuck.",
    "(service web) has started 1 tasks.",
  ]);
});

test("another text, another condition and another task set are said at once", () => {
  let service = sayWhile(teller, quiet, "placement", "no room.");
  service = sayWhile(teller, service, "placement", "no address.");
  service = sayWhile(teller, service, "failing", "no address.");
  service = sayWhile(teller, service, "placement", "no room.", "ecs-svc/1");
  expect(messages(service)).toEqual([
    "(service web) no room.",
    "(service web) no address.",
    "(service web) no address.",
    "(service web, taskSet ecs-svc/1) no room.",
  ]);
});

test("what is over is said at once when it is back", () => {
  let service = sayWhile(teller, quiet, "placement", "no room.");
  expect(withoutCondition(service, "placement", "ecs-svc/1")).toBe(service);
  service = withoutCondition(service, "placement");
  expect(messages(sayWhile(teller, service, "placement", "no room."))).toHaveLength(2);
});
