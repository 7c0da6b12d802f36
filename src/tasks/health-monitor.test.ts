import { expect, test } from "vitest";
import { afterProbe, healthCheckArgs, resolveHealthCheck, type HealthProgress } from "./health-monitor.ts";

const check = resolveHealthCheck({ command: ["CMD", "true"], retries: 2, startPeriod: 60 });
const fresh: HealthProgress = { status: "UNKNOWN", failures: 0, succeeded: false };

test("defaults are AWS's", () => {
  expect(resolveHealthCheck({ command: ["CMD", "x"] })).toEqual({
    command: ["CMD", "x"],
    interval: 30,
    timeout: 5,
    retries: 3,
    startPeriod: 0,
  });
});

test("CMD-SHELL runs in a shell", () => {
  expect(healthCheckArgs(["CMD-SHELL", "curl -f http://localhost || exit 1"])).toEqual([
    "/bin/sh",
    "-c",
    "curl -f http://localhost || exit 1",
  ]);
  expect(healthCheckArgs(["CMD", "ls", "-l"])).toEqual(["ls", "-l"]);
});

test("failures in the start period do not count, until one success has ended it", () => {
  const early = afterProbe(fresh, check, { ok: false, secondsSinceStart: 10 });
  expect(early).toEqual(fresh);
  const healthy = afterProbe(early, check, { ok: true, secondsSinceStart: 20 });
  expect(healthy.status).toBe("HEALTHY");
  const once = afterProbe(healthy, check, { ok: false, secondsSinceStart: 30 });
  expect(once).toMatchObject({ status: "HEALTHY", failures: 1 });
  expect(afterProbe(once, check, { ok: false, secondsSinceStart: 40 }).status).toBe("UNHEALTHY");
  expect(afterProbe(once, check, { ok: true, secondsSinceStart: 40 })).toMatchObject({
    status: "HEALTHY",
    failures: 0,
  });
});

test("after the start period the retries count from UNKNOWN", () => {
  const once = afterProbe(fresh, check, { ok: false, secondsSinceStart: 61 });
  expect(once.status).toBe("UNKNOWN");
  expect(afterProbe(once, check, { ok: false, secondsSinceStart: 91 }).status).toBe("UNHEALTHY");
});
