import { statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import type { ZoneRecord } from "../../src/network/backend.ts";
import { addresses, record, SERVER_V6, task, TestNames, weighted, zone } from "./names-kit.ts";

/* What a VPC's resolver answers, and how that changes. */

const names = new TestNames();

beforeAll(async () => {
  await names.start();
  await names.serve();
});
beforeEach(async () => {
  await names.resolver.ensure(task(5), []);
});
afterAll(() => names.remove());

describe("interfaces", () => {
  test("names lead to addresses of both families, and back", async () => {
    expect(await names.values("ip-10-7-1-5.ec2.internal")).toBe("10.7.1.5");
    expect(await names.values("IP-10-7-1-5.EC2.internal", "AAAA")).toBe("[fd12:3456::5]");
    expect(await names.values("5.1.7.10.in-addr.arpa", "PTR")).toBe("ip-10-7-1-5.ec2.internal");
    const nibbles = `5.${"0.".repeat(23)}6.5.4.3.2.1.d.f.ip6.arpa`;
    expect(await names.values(nibbles, "PTR")).toBe("ip-10-7-1-5.ec2.internal");
    expect((await names.ask("ip-10-7-1-5.ec2.internal")).answers[0]!.ttl).toBe(60);
  });

  test("private names and addresses that nobody has do not exist, and nobody else is asked", async () => {
    const before = await names.values("count.example");
    for (const name of ["ip-10-7-1-9.ec2.internal", "x.compute.internal"])
      expect(await names.values(name)).toBe("NXDOMAIN");
    const reverse = [
      "9.1.7.10.in-addr.arpa",
      "1.0.20.172.in-addr.arpa",
      "1.1.168.192.in-addr.arpa",
      "1.0.0.d.f.ip6.arpa",
    ];
    for (const name of reverse) {
      const { code, authority } = await names.ask(name, "PTR");
      expect(code).toBe("NXDOMAIN");
      expect(authority[0]).toMatchObject({ type: "SOA", ttl: 60, data: "60" });
    }
    expect(await names.values("count.example")).toBe(before); // out of the cache: it was not asked meanwhile
  });

  test("come and go", async () => {
    for (const each of task(6)) await names.resolver.add(each);
    expect(await names.values("ip-10-7-1-6.ec2.internal")).toBe("10.7.1.6");
    await names.resolver.remove(task(6)[1]!);
    expect(await names.values("ip-10-7-1-6.ec2.internal")).toBe("10.7.1.6");
    expect(await names.values("ip-10-7-1-6.ec2.internal", "AAAA")).toBe("NODATA");
    await names.resolver.remove(task(6)[0]!);
    expect(await names.values("ip-10-7-1-6.ec2.internal")).toBe("NXDOMAIN");
    expect(await names.values("6.1.7.10.in-addr.arpa", "PTR")).toBe("NXDOMAIN");
  });

  test("a public name outside the private zones stands for the private address, its neighbours are forwarded", async () => {
    const name = "ec2-198-51-100-7.compute-1.amazonaws.com";
    await names.resolver.add({ name, address: "10.7.1.5", reverse: false });
    expect(await names.values(name)).toBe("10.7.1.5");
    expect(await names.values(name, "AAAA")).toBe("NODATA");
    expect(await names.values("5.1.7.10.in-addr.arpa", "PTR")).toBe("ip-10-7-1-5.ec2.internal");
    expect(await names.values("ec2-198-51-100-8.compute-1.amazonaws.com")).toBe("203.0.113.7");
    await names.resolver.remove({ name, address: "10.7.1.5", reverse: false });
    expect(await names.values(name)).toBe("203.0.113.7");
  });
});

describe("zones", () => {
  test("types, times to live, names without records, and all else forwarded", async () => {
    await names.resolver.setZones([
      zone(
        "internal.example",
        record("web.internal.example", ["10.7.2.1"]),
        record("web.internal.example", ["2001:DB8:0::1"], { type: "AAAA", ttlSeconds: 0 }),
        record("api.internal.example", ["1 1 8080 one.api.internal.example"], { type: "SRV", ttlSeconds: 24 }),
        record("one.api.internal.example", ["10.7.2.2"]),
        record("a.deep.internal.example", ["10.7.2.3"]),
      ),
    ]);
    expect((await names.ask("WEB.internal.example")).answers).toMatchObject([{ ttl: 10, data: "10.7.2.1" }]);
    expect((await names.ask("web.internal.example", "AAAA")).answers).toMatchObject([
      { ttl: 0, data: "[2001:db8::1]" },
    ]);
    expect(await names.values("api.internal.example", "SRV")).toBe("1 1 8080 one.api.internal.example");
    expect(await names.values("one.api.internal.example")).toBe("10.7.2.2");
    expect(await names.values("api.internal.example")).toBe("NODATA");
    expect(await names.values("deep.internal.example")).toBe("NODATA"); // a name is below it
    expect(await names.values("internal.example")).toBe("NODATA");
    for (const name of ["no.internal.example", "x.web.internal.example", "b.deep.internal.example"]) {
      const { code, authority } = await names.ask(name);
      expect(code).toBe("NXDOMAIN");
      expect(authority).toMatchObject([{ name: "internal.example", type: "SOA", ttl: 15, data: "15" }]);
    }
    expect(await names.values("example")).toBe("203.0.113.7");
    expect(await names.values("www.example")).toBe("203.0.113.7");
    await names.resolver.setZones([]);
    expect(await names.values("web.internal.example")).toBe("203.0.113.7");
  });

  test("a zone inside another answers for its own names alone, whichever comes first or goes", async () => {
    const outer = zone("com", record("a.com", ["10.7.2.1"]), record("x.inner.com", ["10.7.2.9"]));
    const inner = zone("inner.com", record("y.inner.com", ["10.7.2.2"]));
    const look = () => Promise.all(["a.com", "x.inner.com", "y.inner.com", "b.com"].map((name) => names.values(name)));
    await names.resolver.setZones([outer]);
    expect(await look()).toEqual(["10.7.2.1", "10.7.2.9", "NXDOMAIN", "NXDOMAIN"]);
    await names.resolver.setZones([outer, inner]);
    expect(await look()).toEqual(["10.7.2.1", "NXDOMAIN", "10.7.2.2", "NXDOMAIN"]);
    await names.resolver.setZones([inner]);
    expect(await look()).toEqual(["203.0.113.7", "NXDOMAIN", "10.7.2.2", "203.0.113.7"]);
    await names.resolver.setZones([{ ...outer, negativeTtlSeconds: 77 }]);
    expect(await look()).toEqual(["10.7.2.1", "10.7.2.9", "NXDOMAIN", "NXDOMAIN"]);
    expect((await names.ask("b.com")).authority).toMatchObject([{ ttl: 77, data: "77" }]);
  });

  test("eight values in changing order; of more, eight by chance", async () => {
    await names.resolver.setZones([
      zone("z.example", record("eight.z.example", addresses(8)), record("many.z.example", addresses(12))),
    ]);
    const firsts = new Set<string>();
    const seen = new Map<string, number>();
    for (let n = 0; n < 200; n++) {
      const eight = (await names.ask("eight.z.example")).answers.map(({ data }) => data);
      expect(eight.toSorted()).toEqual(addresses(8).toSorted());
      firsts.add(eight[0]!);
      const many = (await names.ask("many.z.example")).answers;
      expect(new Set(many.map(({ data }) => data)).size).toBe(8);
      for (const { data, ttl } of many) {
        expect(ttl).toBe(10);
        seen.set(data, (seen.get(data) ?? 0) + 1);
      }
    }
    expect(firsts.size).toBeGreaterThan(1);
    expect(seen.size).toBe(12);
    for (const count of seen.values()) expect(Math.abs(count - (200 * 8) / 12)).toBeLessThan(45);
    expect(names.runs("zone-server")).toBe(true);
    await names.resolver.setZones([zone("z.example", record("eight.z.example", addresses(8)))]);
    expect(names.runs("zone-server")).toBe(false);
    expect(await names.values("many.z.example")).toBe("NXDOMAIN");
  });

  test("one value of several, each as often as the others", async () => {
    await names.resolver.setZones([
      zone("z.example", record("w.z.example", addresses(3), weighted), record("plain.z.example", ["10.7.2.9"])),
    ]);
    const seen = new Map<string, number>();
    for (let n = 0; n < 600; n++) {
      const { answers } = await names.ask("w.z.example");
      expect(answers).toMatchObject([{ name: "w.z.example", ttl: 10 }]);
      seen.set(answers[0]!.data, (seen.get(answers[0]!.data) ?? 0) + 1);
    }
    expect([...seen.keys()].toSorted()).toEqual(addresses(3));
    for (const count of seen.values()) expect(Math.abs(count - 200)).toBeLessThan(60);
    expect(await names.values("w.z.example", "AAAA")).toBe("NODATA");
    expect(await names.values("below.w.z.example")).toBe("NXDOMAIN");
    expect((await names.ask("below.w.z.example")).authority).toMatchObject([{ name: "z.example", ttl: 15 }]);
    expect(await names.values("plain.z.example")).toBe("10.7.2.9");
  });

  test("a name that others were asked before is the zone's at once, and all that is below it", async () => {
    for (const name of ["w.z.example", "below.w.z.example"]) expect(await names.values(name)).toBe("203.0.113.7");
    // With a name beside it that unbound answers itself, what it has of others outlives the change.
    await names.resolver.setZones([
      zone("z.example", record("w.z.example", addresses(2), weighted), record("plain.z.example", ["10.7.2.9"])),
    ]);
    expect(addresses(2)).toContain(await names.values("w.z.example"));
    expect(await names.values("below.w.z.example")).toBe("NXDOMAIN");
    await names.resolver.setZones([]);
    expect(await names.values("w.z.example")).toBe("203.0.113.7");
  });

  test("aliases are followed: to names outside, in the zone, of interfaces, and to other aliases", async () => {
    const alias = (name: string, ...targets: string[]) => record(name, targets, { type: "CNAME", ...weighted });
    await names.resolver.setZones([
      zone(
        "z.example",
        alias("out.z.example", "www.elsewhere.test"),
        alias("in.z.example", "web.z.example"),
        alias("task.z.example", "ip-10-7-1-5.ec2.internal"),
        alias("chain.z.example", "in.z.example"),
        alias("none.z.example", "nobody.z.example"),
        alias("away.z.example", "missing.elsewhere.test"),
        alias("either.z.example", "web.z.example", "ip-10-7-1-5.ec2.internal"),
        record("web.z.example", addresses(3)),
      ),
    ]);
    const { answers } = await names.ask("out.z.example");
    expect(answers).toMatchObject([
      { name: "out.z.example", type: "CNAME", ttl: 10, data: "www.elsewhere.test" },
      { name: "www.elsewhere.test", type: "A", data: "203.0.113.7" },
    ]);
    expect(await names.values("in.z.example")).toBe("10.7.2.1 10.7.2.2 10.7.2.3 web.z.example");
    expect(await names.values("task.z.example")).toBe("10.7.1.5 ip-10-7-1-5.ec2.internal");
    expect(await names.values("task.z.example", "AAAA")).toBe("[fd12:3456::5] ip-10-7-1-5.ec2.internal");
    expect(await names.values("chain.z.example")).toBe("10.7.2.1 10.7.2.2 10.7.2.3 in.z.example web.z.example");
    expect(await names.values("in.z.example", "CNAME")).toBe("web.z.example");
    expect(await names.values("none.z.example")).toBe("NXDOMAIN");
    expect(await names.values("away.z.example")).toBe("NXDOMAIN");
    const first = new Set<string>();
    for (let n = 0; n < 40; n++) first.add((await names.ask("either.z.example")).answers[0]!.data);
    expect(first.size).toBe(2);
    for (const each of task(6)) await names.resolver.add(each);
    await names.resolver.remove(task(5)[0]!);
    expect(await names.values("task.z.example")).toBe("ip-10-7-1-5.ec2.internal"); // it has IPv6 alone now
  });

  test("large answers by EDNS and TCP; over IPv6", async () => {
    const targets = Array.from({ length: 8 }, (_, n) => `1 1 80 ${"x".repeat(60)}.${"y".repeat(60)}.${n}.z.example`);
    const more = Array.from({ length: 12 }, (_, n) => `1 1 80 ${"x".repeat(60)}.${"y".repeat(60)}.${n}.z.example`);
    await names.resolver.setZones([
      zone(
        "z.example",
        record("big.z.example", targets, { type: "SRV" }),
        record("more.z.example", more, { type: "SRV" }),
      ),
    ]);
    for (const name of ["big.z.example", "more.z.example"]) {
      expect(await names.ask(name, "SRV")).toMatchObject({ truncated: true });
      expect((await names.ask(name, "SRV", { overTcp: true })).answers).toHaveLength(8);
      expect(await names.ask(name, "SRV", { edns: 4096 })).toMatchObject({ truncated: false, edns: true });
    }
    expect(await names.values("ip-10-7-1-5.ec2.internal", "A", { server: SERVER_V6 })).toBe("10.7.1.5");
  });
});

describe("changes", () => {
  test("are there when they are done, and no answer in between is empty", async () => {
    const set = (values: string[], more: Partial<ZoneRecord> = {}) =>
      names.resolver.setZones([
        zone(
          "z.example",
          record("a.z.example", values),
          record("a.z.example", ["2001:db8::1"], { type: "AAAA" }),
          record("below.a.z.example", [values.at(-1)!]),
          record("w.z.example", values, { ...weighted, ...more }),
        ),
      ]);
    await set(["10.7.2.1"]);
    const odd: string[] = [];
    let asked = 0;
    const over = new AbortController();
    onTestFinished(() => over.abort());
    const asking = Array.from({ length: 8 }, async (_, n) => {
      const name = ["a", "below.a", "w"][n % 3]!;
      for (; !over.signal.aborted; asked++) {
        const [v4, v6] = await Promise.all([names.values(`${name}.z.example`), names.values("a.z.example", "AAAA")]);
        if (!v4.startsWith("10.7.2.")) odd.push(`${name} ${v4}`);
        if (v6 !== "[2001:db8::1]") odd.push(v6);
      }
    });
    for (let n = 0; n < 150; n++) {
      const values = n % 3 === 0 ? ["10.7.2.1", "10.7.2.2"] : [`10.7.2.${(n % 200) + 1}`];
      await set(values, { ttlSeconds: n });
      expect(await names.values("a.z.example")).toBe(values.join(" "));
      // What is asked while unbound asks the zone server the same gets that answer, which may be of just before.
      await names.values("w.z.example");
      expect(values).toContain(await names.values("w.z.example"));
    }
    over.abort();
    await Promise.all(asking);
    expect(odd).toEqual([]);
    expect(asked).toBeGreaterThan(100);
  });

  test("of records take milliseconds: nothing is started or read anew", async () => {
    await names.resolver.setZones([zone("z.example", record("a.z.example", addresses(1)))]);
    // Written at each start of unbound, and each time it reads its configuration.
    const started = () => [names.pid("unbound"), statSync(join(names.folder, "applied.json")).ino];
    const before = started();
    const durations: number[] = [];
    for (let n = 0; n < 20; n++) {
      const start = performance.now();
      await names.resolver.setZones([zone("z.example", record("a.z.example", addresses(1 + (n % 8))))]);
      expect(await names.values("a.z.example")).toContain("10.7.2.1");
      durations.push(performance.now() - start);
    }
    expect(started()).toEqual(before);
    expect(durations.toSorted((a, b) => a - b)[10]).toBeLessThan(200);
  });

  test("to the structure leave no query unanswered", async () => {
    const plain = zone("z.example", record("a.z.example", ["10.7.2.1"]));
    await names.resolver.setZones([plain]);
    const odd: string[] = [];
    const over = new AbortController();
    onTestFinished(() => over.abort());
    const asking = (async () => {
      while (!over.signal.aborted) {
        const value = await names.values("a.z.example");
        if (value !== "10.7.2.1") odd.push(value);
      }
    })();
    for (let n = 0; n < 10; n++) await names.resolver.setZones([plain, ...(n % 2 ? [] : [zone(`more-${n}.example`)])]);
    over.abort();
    await asking;
    expect(odd).toEqual([]);
  });
});
