import { describe, expect, test } from "vitest";
import type { ZoneRecord } from "../backend.ts";
import { readQuery, writeAnswer } from "./dns-message.ts";
import { ZoneAnswers } from "./zone-answers.ts";
import { ipv6Groups, nameLines, reverseName, setLines, zoneTable } from "./zones.ts";

function record(name: string, values: string[], more: Partial<ZoneRecord> = {}): ZoneRecord {
  return { name, type: "A", ttlSeconds: 10, values, routing: "MULTIVALUE", ...more };
}

const nine = Array.from({ length: 9 }, (_, n) => `10.0.0.${n + 1}`);

describe("zones", () => {
  test("what unbound answers by itself, and what it cannot", () => {
    const { dynamic } = zoneTable([
      {
        name: "z.example",
        records: [
          record("eight.z.example", nine.slice(1)),
          record("nine.z.example", nine),
          record("One.z.example", ["10.0.0.1"], { routing: "WEIGHTED" }),
          record("two.z.example", ["10.0.0.1", "10.0.0.2"], { routing: "WEIGHTED" }),
          record("same.z.example", ["10.0.0.1", "10.0.0.1"], { routing: "WEIGHTED" }),
          record("alias.z.example", ["one.z.example"], { type: "CNAME", routing: "WEIGHTED" }),
          record("none.z.example", [], { type: "CNAME", routing: "WEIGHTED" }),
        ],
      },
    ]);
    expect(dynamic).toEqual(["alias.z.example", "nine.z.example", "two.z.example"]);
  });

  test("a record counts in the innermost zone that its name is in", () => {
    const { sets } = zoneTable([
      { name: "example", records: [record("a.z.example", ["10.0.0.1"]), record("b.example", ["10.0.0.2"])] },
      { name: "Z.example", records: [record("z.example", ["10.0.0.3"]), record("c.y.z.example", ["10.0.0.4"])] },
      { name: "internal", records: [record("x.ec2.internal", ["10.0.0.5"])] },
    ]);
    expect(sets.map(({ name }) => name)).toEqual(["b.example", "z.example", "c.y.z.example"]);
  });

  test("what DNS cannot have is left out", () => {
    const label = "x".repeat(63);
    const { sets, unusable, zones } = zoneTable([
      {
        name: "z.example",
        records: [
          record(`${label}.z.example`, ["10.0.0.1"]),
          record("i-1/a:b@c_d.z.example", ["10.0.0.1"]),
          record(`${label}x.z.example`, ["10.0.0.1"]),
          record("'\n.z.example", ["10.0.0.1"]),
          record("a..z.example", ["10.0.0.1"]),
          record("value.z.example", ["10.0.0.256"]),
          record("srv.z.example", ["1 1 x a.z.example"], { type: "SRV" }),
        ],
      },
      { name: "quote'", records: [] },
    ]);
    expect(sets.map(({ name }) => name)).toEqual([`${label}.z.example`, "i-1/a:b@c_d.z.example"]);
    expect(unusable).toHaveLength(6);
    expect(zones.some(({ name }) => name.includes("'"))).toBe(false);
  });

  test.each([
    [{ type: "A" as const, values: ["10.0.0.1"] }, ["n.z. 10 IN A 10.0.0.1"]],
    [{ type: "AAAA" as const, values: ["2001:DB8:0:0::1"] }, ["n.z. 10 IN AAAA 2001:db8::1"]],
    [{ type: "SRV" as const, values: ["1 1 80 A.z"] }, ["n.z. 10 IN SRV 1 1 80 a.z."]],
    [{ type: "CNAME" as const, values: ["a.z"] }, ["n.z. 10 IN CNAME a.z."]],
  ])("%o as lines", (more, lines) => {
    const { sets } = zoneTable([{ name: "z", records: [record("n.z", more.values, more)] }]);
    expect(sets.flatMap(setLines)).toEqual(lines);
  });
});

describe("addresses", () => {
  test.each([
    ["::", [0, 0, 0, 0, 0, 0, 0, 0]],
    ["::1", [0, 0, 0, 0, 0, 0, 0, 1]],
    ["fd00:ec2::253", [0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x253]],
    ["1:2:3:4:5:6:7:8", [1, 2, 3, 4, 5, 6, 7, 8]],
    ["2001:db8::", [0x2001, 0xdb8, 0, 0, 0, 0, 0, 0]],
  ])("%s", (address, groups) => {
    expect(ipv6Groups(address)).toEqual(groups);
  });

  test("lead back to names", () => {
    expect(reverseName("10.0.0.5")).toBe("5.0.0.10.in-addr.arpa");
    expect(reverseName("2001:db8::1")).toBe(`1.${"0.".repeat(23)}8.b.d.0.1.0.0.2.ip6.arpa`);
    const name = { name: "IP-10-0-0-5.ec2.internal", address: "10.0.0.5" };
    expect(nameLines({ ...name, reverse: false })).toEqual(["ip-10-0-0-5.ec2.internal. 60 IN A 10.0.0.5"]);
    expect(nameLines({ ...name, reverse: true })[1]).toBe("5.0.0.10.in-addr.arpa. 60 IN PTR ip-10-0-0-5.ec2.internal.");
  });
});

describe("the zone server", () => {
  const table = zoneTable([
    {
      name: "z.example",
      records: [
        record("nine.z.example", nine),
        record("nine.z.example", ["2001:db8::1"], { type: "AAAA" }),
        record("a.deep.z.example", ["10.0.0.1"]),
        record("alias.z.example", ["nine.z.example"], { type: "CNAME", routing: "WEIGHTED" }),
      ],
    },
  ]);
  const answers = new ZoneAnswers(table);

  test.each([
    ["NINE.z.example", "AAAA", "records"],
    ["nine.z.example", "ANY", "records"],
    ["alias.z.example", "SRV", "records"],
    ["nine.z.example", "SRV", "empty"],
    ["deep.z.example", "A", "empty"],
    ["z.example", "A", "empty"],
    ["b.deep.z.example", "A", "missing"],
    ["x.nine.z.example", "A", "missing"],
    ["x.ec2.internal", "A", "missing"],
    ["example", "A", "foreign"],
    ["xz.example", "A", "foreign"],
  ])("%s %s: %s", (name, type, kind) => {
    expect(answers.answer(name, type).kind).toBe(kind);
  });

  test("tells other parts of the values in other answers", () => {
    const seen = new Set<string>();
    for (let n = 0; n < 500; n++) {
      const answer = answers.answer("nine.z.example", "A");
      if (answer.kind !== "records") throw new Error(answer.kind);
      expect(new Set(answer.sets[0]!.values).size).toBe(8);
      seen.add(answer.sets[0]!.values.toSorted().join(" "));
    }
    expect(seen.size).toBe(9);
    expect(table.sets[0]!.values).toEqual(nine);
  });

  test("reads questions, and nothing else", () => {
    const header = Buffer.from([1, 2, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1]);
    const question = Buffer.from("\u0001a\u0001Z\u0000\u0000\u0021\u0000\u0001", "latin1");
    const query = readQuery(Buffer.concat([header, question, Buffer.from("more")]));
    expect(query).toMatchObject({ name: "a.Z", type: "SRV" });
    for (let length = 0; length < 12 + question.length; length++)
      expect(readQuery(Buffer.concat([header, question]).subarray(0, length))).toBeUndefined();
    expect(readQuery(Buffer.concat([header, Buffer.from([0xc0, 12, 0, 1, 0, 1])]))).toBeUndefined();
    expect(readQuery(Buffer.concat([Buffer.from([1, 2, 0x81]), header.subarray(3), question]))).toBeUndefined();
    const refused = writeAnswer(query!, { kind: "foreign" });
    expect(refused.subarray(0, 12).toString("hex")).toBe("010285050001000000000000");
    expect(refused.subarray(12)).toEqual(question);
  });
});
