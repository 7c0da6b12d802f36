import type { StaticOperationSchema, StaticStructureSchema } from "@smithy/types";
import { beforeAll, expect, test } from "vitest";
import { AwsError } from "../base/errors.ts";
import type { WireRequest } from "./protocol.ts";
import { defineService, type LoadedService, type ServiceDefinition } from "./service.ts";
import { describeError } from "./wire-error.ts";

// No REST service is built yet, so the bindings are held against a small model of every kind of them.

const Part: StaticStructureSchema = [
  3,
  "com.example",
  "Part",
  0,
  ["Size", "Note"],
  [1, [0, { xmlName: "note", jsonName: "note" }]],
];
const PutThingRequest: StaticStructureSchema = [
  3,
  "com.example",
  "PutThingRequest",
  0,
  ["Name", "Key", "Version", "Tags", "Colour", "When", "Meta", "Parts", "Labels"],
  [
    [0, 1],
    [0, 1],
    [1, { httpQuery: "version" }],
    [64, { httpQuery: "tag" }],
    [0, { httpHeader: "X-Colour" }],
    [4, { httpHeader: "X-When" }],
    [128, { httpPrefixHeaders: "x-meta-" }],
    [1, "com.example", "Parts", 0, Part] as never,
    [128, 0],
  ] as never,
  2,
];
const PutThingResult: StaticStructureSchema = [
  3,
  "com.example",
  "PutThingResult",
  0,
  ["Status", "ETag", "Parts", "Labels"],
  [[1, 32], [0, { httpHeader: "ETag" }], [1, "com.example", "Parts", 0, Part] as never, [128, 0]] as never,
];
const GetThingResult: StaticStructureSchema = [3, "com.example", "GetThingResult", 0, ["Body"], [[21, 16]] as never];
const GetThingRequest: StaticStructureSchema = [
  3,
  "com.example",
  "GetThingRequest",
  0,
  ["Name", "Key"],
  [
    [0, 1],
    [0, 1],
  ] as never,
  2,
];
const sdk = {
  PutThing$: [
    9,
    "com.example",
    "PutThing",
    { http: ["PUT", "/things/{Name}/{Key+}", 201] },
    () => PutThingRequest,
    () => PutThingResult,
  ] as StaticOperationSchema,
  PutThingAcl$: [
    9,
    "com.example",
    "PutThingAcl",
    { http: ["PUT", "/things/{Name}/{Key+}?acl", 200] },
    () => GetThingRequest,
    "unit",
  ] as StaticOperationSchema,
  GetThing$: [
    9,
    "com.example",
    "GetThing",
    { http: ["GET", "/things/{Name}/{Key+}", 200] },
    () => GetThingRequest,
    () => GetThingResult,
  ] as StaticOperationSchema,
};

const service: ServiceDefinition = defineService<object>(
  {
    name: "things",
    signingName: "things",
    protocols: ["restJson1", "restXml"],
    version: "2020-01-01",
    xmlNamespace: "http://example.com/",
    validationErrorCode: "ValidationException",
    sdk: async () => sdk,
    bounds: async () => ({}),
  },
  {},
);
let loaded: LoadedService;
beforeAll(async () => {
  loaded = await service.load();
});

function request(method: string, target: string, headers: Record<string, string> = {}, text = ""): WireRequest {
  const [path = "", rawQuery = ""] = target.split("?");
  const body = Buffer.from(text);
  return {
    method,
    path,
    rawQuery,
    query: new URLSearchParams(rawQuery),
    headers,
    rawBody: body,
    body,
    form: undefined,
  };
}

const read = (protocol: "restJson1" | "restXml", received: WireRequest) => {
  const match = loaded.routes.match(received)!;
  return service.wires[protocol]!.readInput(loaded.model.operation(match.operation)!, {
    ...received,
    labels: match.labels,
  });
};
const HEADERS = { "x-colour": "red, green", "x-when": "Sun, 30 Aug 2015 12:36:00 GMT", "x-meta-a": "1" };
const TARGET = "/things/a%20b/c/d%2Fe?version=3&tag=x&tag=y%26z&other=1";
const BOUND = {
  Name: "a b",
  Key: "c/d/e",
  Version: 3,
  Tags: ["x", "y&z"],
  Colour: "red, green",
  When: new Date("2015-08-30T12:36:00Z"),
  Meta: { a: "1" },
};

test("routes: the most specific wins", () => {
  expect(loaded.routes.match(request("PUT", "/things/a/b?acl"))?.operation).toBe("PutThingAcl");
  expect(loaded.routes.match(request("PUT", "/things/a/b"))?.operation).toBe("PutThing");
  expect(loaded.routes.match(request("GET", "/things/a/b/c/"))).toMatchObject({ operation: "GetThing" });
  expect(loaded.routes.match(request("DELETE", "/things/a/b"))).toBeUndefined();
  expect(loaded.routes.match(request("GET", "/things/a"))).toBeUndefined();
});

test("inputs from path, query, headers and body", () => {
  const json = '{"Parts":[{"Size":1,"note":"<&>"}],"Labels":{"k":"v"},"Name":"ignored"}';
  const xml =
    "<PutThingRequest><Parts><member><Size>1</Size><note>&lt;&amp;&gt;</note></member></Parts><Labels><entry><key>k</key><value>v</value></entry></Labels></PutThingRequest>";
  const expected = { ...BOUND, Parts: [{ Size: 1, Note: "<&>" }], Labels: { k: "v" } };
  expect(read("restJson1", request("PUT", TARGET, HEADERS, json))).toEqual(expected);
  expect(read("restXml", request("PUT", TARGET, HEADERS, xml))).toEqual(expected);
  expect(read("restJson1", request("PUT", TARGET, HEADERS))).toEqual(BOUND);
});

test.each([
  ["restJson1", "/things/a/%zz", ""],
  ["restJson1", "/things/a/b?version=x", ""],
  ["restJson1", "/things/a/b", "{"],
  ["restXml", "/things/a/b", "<a"],
  ["restXml", "/things/a/b", "<a>".repeat(100_000)],
  ["restXml", "/things/a/b", "<a><Parts><member><Size>x</Size></member></Parts></a>"],
] as const)("%s refuses %s %#", (protocol, target, body) => {
  expect(() => read(protocol, request("PUT", target, {}, body))).toThrow(AwsError);
});

test("outputs into status, headers and body", () => {
  const output = { Status: 202, ETag: '"e"', Parts: [{ Size: 2, Note: "a&b" }], Labels: { k: "v" } };
  const operation = loaded.model.operation("PutThing")!;
  expect(service.wires.restJson1!.writeOutput(operation, output, "id")).toEqual({
    status: 202,
    headers: { "content-type": "application/json", "x-amzn-requestid": "id", etag: '"e"' },
    body: '{"Parts":[{"Size":2,"note":"a&b"}],"Labels":{"k":"v"}}',
  });
  expect(service.wires.restXml!.writeOutput(operation, output, "id")).toMatchObject({
    status: 202,
    headers: { "content-type": "application/xml" },
    body: '<?xml version="1.0" encoding="UTF-8"?>\n<PutThingResult xmlns="http://example.com/"><Parts><member><Size>2</Size><note>a&amp;b</note></member></Parts><Labels><entry><key>k</key><value>v</value></entry></Labels></PutThingResult>',
  });
  const stream = (async function* () {
    yield Buffer.from("x");
  })();
  const get = service.wires.restJson1!.writeOutput(loaded.model.operation("GetThing")!, { Body: stream }, "id");
  expect(get).toMatchObject({ status: 200, body: stream, headers: { "content-type": "application/octet-stream" } });
});

test("errors", () => {
  const error = describeError(new AwsError("NoSuchThing", "gone & away", 404, { Resource: "x" }), loaded.model);
  expect(service.wires.restJson1!.writeError(error, "id")).toEqual({
    status: 404,
    headers: { "content-type": "application/json", "x-amzn-errortype": "NoSuchThing", "x-amzn-requestid": "id" },
    body: '{"message":"gone & away","Resource":"x"}',
  });
  expect(service.wires.restXml!.writeError(error, "id").body).toContain(
    "<Code>NoSuchThing</Code><Message>gone &amp; away</Message>",
  );
});
