import { describe, expect, test } from "vitest";
import { blackholeOf, latencyOf, lossOf } from "./requests.ts";

const from = (body: unknown) => Buffer.from(typeof body === "string" ? body : JSON.stringify(body));

describe("a request for a blackhole", () => {
  const good = { Port: 5432, Protocol: "tcp", TrafficType: "egress", SourcesToFilter: ["10.0.0.0/8", "fd00::1"] };

  test("is read", () => {
    expect(blackholeOf(from(good))).toEqual({
      kind: "blackhole",
      direction: "egress",
      protocol: "tcp",
      port: 5432,
      spared: ["10.0.0.0/8", "fd00::1"],
    });
    expect(blackholeOf(from({ port: 1, PROTOCOL: "udp", trafficType: "ingress", Extra: 1 }))).toMatchObject({
      port: 1,
    });
  });

  test("spares the endpoint's own port", () =>
    expect(blackholeOf(from({ ...good, Port: 80 })).spared).toContain("169.254.170.2"));

  test.each([
    ["", "required request body is missing"],
    ["[]", "json: cannot unmarshal array into Go value of type types.NetworkBlackholePortRequest"],
    [{}, "required parameter Port is missing"],
    [{ Port: 1 }, "required parameter Protocol is missing"],
    [{ Port: 1, Protocol: "tcp", TrafficType: "" }, "required parameter TrafficType is missing"],
    [{ ...good, Protocol: "icmp" }, "invalid value icmp for parameter Protocol"],
    [{ ...good, TrafficType: "both" }, "invalid value both for parameter TrafficType"],
    [{ ...good, SourcesToFilter: ["amazon.com"] }, "invalid value amazon.com for parameter SourcesToFilter"],
    [{ ...good, SourcesToFilter: ["10.0.0.0/33"] }, "invalid value 10.0.0.0/33 for parameter SourcesToFilter"],
    [
      { ...good, Port: "80" },
      "json: cannot unmarshal string into Go struct field NetworkBlackholePortRequest.Port of type uint16",
    ],
    [
      { ...good, Port: 65_536 },
      "json: cannot unmarshal number 65536 into Go struct field NetworkBlackholePortRequest.Port of type uint16",
    ],
  ])("%j: %s", (body, message) => expect(() => blackholeOf(from(body))).toThrow(message));
});

describe("a body that is not JSON", () => {
  test.each([
    ["no", "invalid character 'o' in literal null (expecting 'u')"],
    ["Port=1", "invalid character 'P' looking for beginning of value"],
    ["{", "unexpected EOF"],
    ['{"Port": 1', "unexpected EOF"],
    ["{'Port': 1}", "invalid character '\\'' looking for beginning of object key string"],
    ['{"Port" 1}', "invalid character '1' after object key"],
    ['{"Port": 01}', "invalid character '1' after object key:value pair"],
    ['{"Port": 1.}', "invalid character '}' after decimal point in numeric literal"],
    ['{"Port": -}', "invalid character '}' in numeric literal"],
    ['{"Port": 1e}', "invalid character '}' in exponent of numeric literal"],
    ['{"Port": 1,}', "invalid character '}' looking for beginning of object key string"],
    ['{"Sources": [1 2]}', "invalid character '2' after array element"],
    ['{"Sources": [1,]}', "invalid character ']' looking for beginning of value"],
    ['{"Protocol": "a\nb"}', "invalid character '\\n' in string literal"],
    ['{"Protocol": "\\x"}', "invalid character 'x' in string escape code"],
    ['{"Protocol": "\\u12g4"}', "invalid character 'g' in \\u hexadecimal character escape"],
    ["[".repeat(10_001), "exceeded max depth"],
  ])("%s", (body, message) => expect(() => blackholeOf(from(body))).toThrow(message));

  test("may follow a request", () =>
    expect(
      blackholeOf(from('{"Port":7,"Protocol":"tcp","TrafficType":"egress","Extra":[{},[],{"a":[-1.5e+3,true]}]} no')),
    ).toMatchObject({ port: 7 }));
});

describe("a request for latency or loss", () => {
  const Sources = ["0.0.0.0/0"];

  test("is read, and spares the endpoint", () => {
    expect(latencyOf(from({ DelayMilliseconds: 100, JitterMilliseconds: 0, Sources }))).toEqual({
      kind: "latency",
      delayMs: 100,
      jitterMs: 0,
      destinations: Sources,
      spared: ["169.254.170.2"],
      flowsPercent: 100,
    });
    expect(lossOf(from({ LossPercent: 7, Sources, FlowsPercent: 50 }))).toMatchObject({
      lossPercent: 7,
      flowsPercent: 50,
    });
  });

  test.each([
    [{ JitterMilliseconds: 1, Sources }, "required parameter DelayMilliseconds is missing"],
    [{ DelayMilliseconds: 1, Sources }, "required parameter JitterMilliseconds is missing"],
    [
      { DelayMilliseconds: 0, JitterMilliseconds: 0, Sources },
      "required either DelayMilliseconds or JitterMilliseconds to be non-zero",
    ],
    [{ DelayMilliseconds: 1, JitterMilliseconds: 0, Sources: [] }, "required parameter Sources is missing"],
    [
      { DelayMilliseconds: 1, JitterMilliseconds: 0, Sources, FlowsPercent: 101 },
      "invalid value 101 for parameter flowsPercent",
    ],
  ])("%j: %s", (body, message) => expect(() => latencyOf(from(body))).toThrow(message));

  test.each([
    [{ Sources }, "required parameter LossPercent is missing"],
    [{ LossPercent: 0, Sources }, "invalid value 0 for parameter LossPercent"],
    [{ LossPercent: 101, Sources }, "invalid value 101 for parameter LossPercent"],
    [
      { LossPercent: 1.5, Sources },
      "cannot unmarshal number 1.5 into Go struct field NetworkPacketLossRequest.LossPercent of type uint64",
    ],
  ])("%j: %s", (body, message) => expect(() => lossOf(from(body))).toThrow(message));
});
