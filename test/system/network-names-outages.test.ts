import type { ChildProcess } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { unboundControl } from "../../src/network/linux/unbound-control.ts";
import { until } from "../support/engine.ts";
import { addresses, record, task, TestNames, UPSTREAM, weighted, zone } from "./names-kit.ts";

/* A VPC's resolver while the control plane, one of its processes or a name server is away. */

/** Longer than unbound needs to give a name server up. */
const AWAY_MS = 12_000;
const names = new TestNames();
let upstream: ChildProcess;
const zones = [zone("z.example", record("a.z.example", ["10.7.2.1"]), record("w.z.example", addresses(2), weighted))];

beforeAll(async () => {
  await names.start();
  upstream = await names.serve();
});
beforeEach(async () => {
  await names.resolver.ensure(task(5), []);
});
afterAll(() => names.remove());

describe("without the control plane", () => {
  test("it is adopted as it is, and what changed meanwhile is forgotten", async () => {
    await names.resolver.ensure(task(5), zones);
    const pids = [names.pid("unbound"), names.pid("zone-server")];
    await names.resolver.letGo();
    names.resolver = names.another();
    expect(await names.values("w.z.example")).toMatch(/10\.7\.2\.[12]/);
    await names.resolver.ensure(task(6), [
      zone("z.example", record("b.z.example", ["10.7.2.1"]), record("w.z.example", ["10.7.2.3"], weighted)),
    ]);
    expect([names.pid("unbound"), names.pid("zone-server")]).toEqual(pids);
    expect(await names.values("ip-10-7-1-5.ec2.internal")).toBe("NXDOMAIN");
    expect(await names.values("ip-10-7-1-6.ec2.internal")).toBe("10.7.1.6");
    expect(await names.values("a.z.example")).toBe("NXDOMAIN");
    expect(await names.values("b.z.example")).toBe("10.7.2.1");
    expect(await names.values("w.z.example")).toBe("10.7.2.3");
    expect(await names.values("localhost")).toBe("127.0.0.1");
  });

  test("it is adopted with all kinds of records, and nothing is changed", async () => {
    const kinds = zone(
      "z.example",
      record("i-1/a:b@c_D.z.example", ["10.7.2.1"]),
      record("i-1/a:b@c_D.z.example", ["2001:DB8::0:1"], { type: "AAAA", ttlSeconds: 20 }),
      record("s.z.example", ["1 1 80 i-1/a:b@c_D.z.example", "1 1 81 other.example"], { type: "SRV", ttlSeconds: 0 }),
    );
    const control = (command: string) => unboundControl(join(names.folder, "unbound.ctl"), command);
    await names.resolver.ensure(task(5), [kinds]);
    const before = await control("list_local_data");
    await names.resolver.letGo();
    names.resolver = names.another();
    const asked: string[] = [];
    await names.resolver.ensure(task(5), [kinds]);
    for (const name of ["i-1/a:b@c_d.z.example", "ip-10-7-1-5.ec2.internal"])
      asked.push(await names.values(name), await names.values(name, "AAAA"));
    expect(asked).toEqual(["10.7.2.1", "[2001:db8::1]", "10.7.1.5", "[fd12:3456::5]"]);
    expect(await control("list_local_data")).toBe(before);
  });

  test.each(["unbound", "zone-server"])("%s is started again when it dies, with all names", async (name) => {
    await names.resolver.ensure(task(5), zones);
    const before = names.pid(name);
    process.kill(before, "SIGKILL");
    await until(() => Promise.resolve(names.runs(name) && names.pid(name) !== before));
    await until(async () => (await names.values("w.z.example")).startsWith("10.7.2."));
    expect(await names.values("a.z.example")).toBe("10.7.2.1");
    expect(await names.values("ip-10-7-1-5.ec2.internal")).toBe("10.7.1.5");
  });

  test("what it left half done is finished", async () => {
    await names.resolver.ensure(task(5), zones);
    await names.resolver.letGo();
    const control = (command: string) => unboundControl(join(names.folder, "unbound.ctl"), command);
    // As if it had died while a.z.example was replaced.
    await control("view_local_zone changing a.z.example transparent");
    await control("view_local_data changing a.z.example. 10 IN A 10.7.2.77");
    await control("local_data_remove a.z.example");
    expect(await names.values("a.z.example")).toBe("10.7.2.77");
    names.resolver = names.another();
    await names.resolver.ensure(task(5), zones);
    expect(await names.values("a.z.example")).toBe("10.7.2.1");
    expect(await control("view_list_local_zones changing")).toBe("");
  });

  test("memory stays small", async () => {
    await names.resolver.ensure(task(5), zones);
    expect(names.resident("unbound")).toBeLessThan(40);
    expect(names.resident("zone-server")).toBeLessThan(80);
  });
});

describe("name servers", () => {
  const local = ["a.z.example", "ip-10-7-1-5.ec2.internal", "w.z.example"];
  const slowest = async () => {
    const replies = await Promise.all(local.map((name) => names.ask(name)));
    expect(replies.every(({ answers }) => answers.length === 1)).toBe(true);
    return Math.max(...replies.map(({ milliseconds }) => milliseconds));
  };
  /** What nine of ten stay below: one that is late may tell of the machine. */
  const usual = (durations: number[]) => durations.toSorted((a, b) => a - b)[Math.floor(durations.length * 0.9)]!;

  test("that are away leave local names alone, and are asked again soon after they are back", async () => {
    await names.resolver.ensure(task(5), zones);
    expect(await names.values("before.elsewhere.test")).toBe("203.0.113.7");
    upstream.kill("SIGSTOP");
    const start = performance.now();
    let asked = 0;
    const durations: number[] = [];
    while (performance.now() - start < AWAY_MS) {
      for (let n = 0; n < 20; n++) void names.ask(`down-${asked++}.elsewhere.test`);
      durations.push(await slowest());
      expect(await names.values("before.elsewhere.test")).toBe("203.0.113.7"); // remembered
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    upstream.kill("SIGCONT");
    expect(usual(durations)).toBeLessThan(350);
    const back = performance.now();
    for (let n = 0; (await names.values(`back-${n}.elsewhere.test`)) !== "203.0.113.7"; n++)
      await new Promise((resolve) => setTimeout(resolve, 100));
    expect(performance.now() - back).toBeLessThan(20_000);
    // That it could not be resolved is remembered for five seconds.
    await until(async () => (await names.values("down-0.elsewhere.test")) === "203.0.113.7");
  });

  test("a flood of names that do not exist, and of answers that must not be kept", async () => {
    await names.resolver.ensure(task(5), zones);
    const before = names.resident("unbound");
    const over = new AbortController();
    const flooded = { asked: 0 };
    const flood = Array.from({ length: 50 }, async () => {
      while (!over.signal.aborted)
        await names.values(flooded.asked++ % 2 ? `missing-${flooded.asked}.elsewhere.test` : "ttl-0.elsewhere.test");
    });
    const durations: number[] = [];
    for (let n = 0; n < 40 || flooded.asked <= 2000; n++) {
      durations.push(await slowest());
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    over.abort();
    await Promise.all(flood);
    expect(usual(durations)).toBeLessThan(350);
    expect(await names.values("ttl-0.elsewhere.test")).toBe("203.0.113.7");
    expect(names.resident("unbound") - before).toBeLessThan(20);
  });

  test("none: what is not local is refused, and an alias that leads outside ends there", async () => {
    names.upstreams = [];
    const alias = record("out.z.example", ["www.elsewhere.test"], { type: "CNAME", ...weighted });
    await names.resolver.setZones([zone("z.example", alias, record("a.z.example", ["10.7.2.1"]))]);
    expect(await names.values("www.elsewhere.test")).toBe("REFUSED");
    expect(await names.values("out.z.example")).toBe("SERVFAIL");
    expect(await names.values("a.z.example")).toBe("10.7.2.1");
    names.upstreams = [UPSTREAM];
    await names.resolver.setZones([]);
    expect(await names.values("www.elsewhere.test")).toBe("203.0.113.7");
  });
});
