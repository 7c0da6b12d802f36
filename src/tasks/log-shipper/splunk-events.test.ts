import { expect, test } from "vitest";
import type { SplunkTarget } from "../log-route.ts";
import { splunkEvent } from "./splunk-events.ts";

const target: SplunkTarget = {
  driver: "splunk",
  url: "http://splunk:8088",
  token: "secret",
  host: "ip-10-0-0-1",
  format: "inline",
  tag: "id",
  attributes: { env: "test" },
  skipVerify: false,
};
const envelope = { time: "1700000000.123000", host: "ip-10-0-0-1" };

test.each<[what: string, change: Partial<SplunkTarget>, line: string, event: unknown, more?: object]>([
  ["inline", {}, "a", { line: "a", source: "stdout", tag: "id", attrs: { env: "test" } }],
  ["inline is not JSON", {}, "{}", { line: "{}", source: "stdout", tag: "id", attrs: { env: "test" } }],
  ["without tag and attributes", { tag: "", attributes: {} }, "", { line: "", source: "stdout" }],
  ["json", { format: "json", tag: "", attributes: {} }, '{"a":1}', { line: { a: 1 }, source: "stdout" }],
  ["json that is none", { format: "json", tag: "", attributes: {} }, "{a", { line: "{a", source: "stdout" }],
  ["raw", { format: "raw" }, "a b", "id env=test a b"],
  ["raw without tag", { format: "raw", tag: "", attributes: {} }, "a", "a"],
  [
    "with where it belongs",
    { source: "s", sourcetype: "t", index: "i", tag: "", attributes: {} },
    "a",
    { line: "a", source: "stdout" },
    { source: "s", sourcetype: "t", index: "i" },
  ],
])("%s", (_, change, line, event, more = {}) => {
  const written = splunkEvent({ ...target, ...change }, "stdout", line, 1_700_000_000_123);
  expect(JSON.parse(written!)).toEqual({ event, ...envelope, ...more });
});

test("blank lines are no raw events", () => {
  expect(splunkEvent({ ...target, format: "raw" }, "stdout", " \t", 0)).toBeUndefined();
});
