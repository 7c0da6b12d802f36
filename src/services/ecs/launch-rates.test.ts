import { expect, test } from "vitest";
import { FargateLaunchRates } from "./launch-rates.ts";

const scope = { account: "123456789012", region: "eu-west-1" };
const spot = (count: number) => Array.from({ length: count }, () => "FARGATE_SPOT");
const onDemand = (count: number) => Array.from({ length: count }, () => undefined);

function ratesAt() {
  const time = { ms: 0 };
  return { time, rates: new FargateLaunchRates({ monotonic: () => time.ms }) };
}

test("a scheduler gets what is there, and is told when there is more", () => {
  const { time, rates } = ratesAt();
  expect(rates.take(scope, onDemand(130))).toEqual({ granted: 100, retryAfterMs: 50 });
  time.ms += 50;
  expect(rates.take(scope, onDemand(30))).toEqual({ granted: 1, retryAfterMs: 50 });
  expect(rates.take({ ...scope, region: "eu-west-2" }, onDemand(3))).toEqual({ granted: 3, retryAfterMs: 0 });
});

test("on demand and Spot are counted apart, and FARGATE is on demand", () => {
  const { rates } = ratesAt();
  expect(rates.take(scope, spot(100)).granted).toBe(100);
  expect(rates.takeAll(scope, ["FARGATE", undefined])).toBe(true);
  expect(rates.take(scope, [...onDemand(1), ...spot(1)])).toEqual({ granted: 1, retryAfterMs: 50 });
  expect(rates.take(scope, onDemand(200)).granted).toBe(97);
});

test("RunTask gets all or nothing", () => {
  const { rates } = ratesAt();
  rates.take(scope, spot(95));
  expect(rates.takeAll(scope, [...onDemand(4), ...spot(6)])).toBe(false);
  expect(rates.takeAll(scope, [...onDemand(5), ...spot(5)])).toBe(true);
  expect(rates.takeAll(scope, spot(1))).toBe(false);
});
