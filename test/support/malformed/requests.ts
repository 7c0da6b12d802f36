import { gzipSync } from "node:zlib";
import type { OperationModel, ServiceModel } from "../../../src/wire/model.ts";
import type { Member } from "../../../src/wire/shape.ts";
import { cborOf, encode, formOf, jsonOf, textOf, xmlOf } from "./encodings.ts";
import { Random } from "./random.ts";
import { Trees, type Tree } from "./trees.ts";

export type FuzzProtocol =
  | "awsJson1_0"
  | "awsJson1_1"
  | "rpcv2Cbor"
  | "awsQuery"
  | "ec2Query"
  | "restJson1"
  | "restXml";

/** A service that requests are made for. */
export interface Target {
  signingName: string;
  targetPrefix?: string;
  version: string;
  model: ServiceModel;
  /** Those that are built, and end by themselves. */
  operations: readonly string[];
}

export interface FuzzRequest {
  what: string;
  method: string;
  path: string;
  headers: Record<string, string>;
  body: Buffer;
  /** Whether it is broken in a way that no service forgives. */
  broken: boolean;
}

interface Encoded {
  method?: string;
  path?: string;
  headers: Record<string, string>;
  body: Buffer;
}

const DEPTH = 100_000;
const BOMB = gzipSync(Buffer.alloc(64 * 1024 * 1024));
/** Headers that say where a request ends: those of an upload are the sender's. */
const FRAMING = new Set(["content-length", "transfer-encoding", "expect"]);
const CREDENTIAL = (service: string) =>
  `AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=00`;

/** Makes requests that clients do not send, one after the other and always the same for a seed. */
export class Requests {
  private readonly protocol: FuzzProtocol;
  private readonly targets: readonly Target[];
  private readonly random: Random;
  private readonly trees: Trees;

  constructor(protocol: FuzzProtocol, targets: readonly Target[], seed: number) {
    this.protocol = protocol;
    this.targets = targets;
    this.random = new Random(seed);
    this.trees = new Trees(this.random);
  }

  /** @param number counts them: a few are large, and not by chance */
  next(number: number): FuzzRequest {
    const { random } = this;
    const target = random.of(this.targets);
    const operation = target.model.operation(random.of(target.operations))!;
    const request = this.encoded(target, operation, this.trees.input(operation.input));
    const what = `${target.signingName}:${operation.name}`;
    if (number % 1000 === 1) return this.deep(request, what);
    if (number % 5000 === 2) return { ...request, what: `${what}, 10 MB`, body: huge(request.body), broken: false };
    if (number % 5000 === 3) return zipped(request, what, BOMB, "a gzip bomb");
    switch (random.below(12)) {
      case 0:
        return this.cut(request, what);
      case 1:
        return this.scrambled(request, what);
      case 2:
        return this.noise(request, what);
      case 3:
        return this.oddHead(request, what);
      case 4:
        return random.chance(0.3)
          ? zipped(request, what, request.body, "no gzip")
          : { ...request, what, broken: false };
      default:
        return { ...request, what, broken: false };
    }
  }

  private encoded(target: Target, operation: OperationModel, tree: Tree): Omit<FuzzRequest, "what" | "broken"> {
    const { method = "POST", path = "/", headers, body } = this.encode(target, operation, tree);
    const authorization = CREDENTIAL(target.signingName);
    const known: Record<string, string> = { authorization };
    if (this.protocol === "restXml") known["x-amz-content-sha256"] = "UNSIGNED-PAYLOAD";
    return { method, path, body, headers: { ...known, ...headers } };
  }

  private encode(target: Target, operation: OperationModel, tree: Tree): Encoded {
    switch (this.protocol) {
      case "awsJson1_0":
      case "awsJson1_1":
        return {
          headers: {
            "content-type": `application/x-amz-json-${this.protocol === "awsJson1_0" ? "1.0" : "1.1"}`,
            "x-amz-target": `${target.targetPrefix}.${operation.name}`,
          },
          body: Buffer.from(jsonOf(tree)),
        };
      case "rpcv2Cbor":
        return {
          path: `/service/${target.targetPrefix}/operation/${operation.name}`,
          headers: { "smithy-protocol": "rpc-v2-cbor", "content-type": "application/cbor" },
          body: cborOf(tree),
        };
      case "awsQuery":
      case "ec2Query": {
        const form = formOf(tree, this.protocol === "awsQuery" ? ".member" : "");
        const body = `Action=${operation.name}&Version=${target.version}&${form}`;
        return this.random.chance(0.1)
          ? { method: "GET", path: `/?${body.slice(0, 8000)}`, headers: {}, body: Buffer.alloc(0) }
          : { headers: { "content-type": "application/x-www-form-urlencoded" }, body: Buffer.from(body) };
      }
      default:
        return this.rest(operation, tree);
    }
  }

  /** By the operation's HTTP bindings: members go to the path, the query, the headers and the body. */
  private rest(operation: OperationModel, tree: Tree): Encoded {
    const [method, uri] = operation.http!;
    const members = operation.input.kind === "structure" ? operation.input.members : [];
    const values = new Map(typeof tree === "object" && tree !== null && "object" in tree ? tree.object : []);
    const [pattern = "", query = ""] = uri.split("?");
    const path = pattern.replaceAll(/\{(\w+)\+?\}/g, (_, name: string) => this.label(values.get(name)));
    const parameters = query ? [query] : [];
    const headers: Record<string, string> = {};
    const rest: [string, Tree][] = [];
    let payload: Buffer | undefined;
    for (const [name, value] of values) {
      const member = members.find((each) => each.name === name);
      const { httpQuery, httpHeader, httpPayload, httpLabel } = (member?.traits ?? {}) as Member["traits"];
      if (httpQuery !== undefined) parameters.push(`${httpQuery}=${encode(textOf(value))}`);
      else if (httpHeader !== undefined && !FRAMING.has(httpHeader.toLowerCase()))
        headers[httpHeader.toLowerCase()] = headerValue(textOf(value));
      else if (httpPayload) payload = this.document(name, value);
      else if (!httpLabel) rest.push([name, value]);
    }
    const body =
      payload ?? (rest.length ? this.document(`${operation.name}Request`, { object: rest }) : Buffer.alloc(0));
    const mark = parameters.length ? `?${parameters.join("&")}` : "";
    return { method, path: path + mark, headers, body: method === "GET" || method === "HEAD" ? Buffer.alloc(0) : body };
  }

  private label(value: Tree | undefined): string {
    const text = value === undefined ? this.trees.text() : textOf(value);
    return this.random.chance(0.05) ? "%" : encode(text.slice(0, 1000)) || "x";
  }

  private document(name: string, value: Tree): Buffer {
    return Buffer.from(this.protocol === "restXml" ? xmlOf(name, value) : jsonOf(value));
  }

  /** Nested deeper than any stack. */
  private deep(request: Omit<FuzzRequest, "what" | "broken">, what: string): FuzzRequest {
    const closed = this.random.chance(0.5);
    const body = {
      awsJson1_0: () => nested('{"x":', "[", closed ? "]" : "", closed ? "}" : ""),
      awsJson1_1: () => nested('{"x":', '{"a":', closed ? "}" : "", closed ? "}" : ""),
      restJson1: () => nested('{"x":', "[", closed ? "]" : "", closed ? "}" : ""),
      restXml: () => nested("<x>", "<a>", closed ? "</a>" : "", closed ? "</x>" : ""),
      rpcv2Cbor: () => Buffer.alloc(DEPTH, 0x81),
      awsQuery: () => Buffer.concat([request.body, nested("&", "a.", "", "=1")]),
      ec2Query: () => Buffer.concat([request.body, nested("&", "a.1.", "", "=1")]),
    }[this.protocol]();
    const method = request.method === "GET" || request.method === "HEAD" ? "PUT" : request.method;
    return { ...request, method, what: `${what}, nested`, body, broken: false };
  }

  /** Only a part of it. */
  private cut(request: Omit<FuzzRequest, "what" | "broken">, what: string): FuzzRequest {
    const body = request.body.subarray(0, this.random.below(request.body.length));
    const isDocument =
      this.protocol === "awsJson1_0" || this.protocol === "awsJson1_1" || this.protocol === "rpcv2Cbor";
    return { ...request, what: `${what}, cut off`, body, broken: isDocument && body.length > 0 };
  }

  /** Bytes changed, such as to what is no UTF-8. */
  private scrambled(request: Omit<FuzzRequest, "what" | "broken">, what: string): FuzzRequest {
    const body = Buffer.from(request.body);
    for (let left = 1 + this.random.below(4); left && body.length; left--)
      body[this.random.below(body.length)] = this.random.of([0, 0x80, 0xc0, 0xed, 0xff, 0x22, 0x5c, 0x7b, 0x3c, 0x25]);
    return { ...request, what: `${what}, scrambled`, body, broken: false };
  }

  private noise(request: Omit<FuzzRequest, "what" | "broken">, what: string): FuzzRequest {
    const body = Buffer.from(Array.from({ length: 1 + this.random.below(200) }, () => this.random.below(256)));
    const method = request.method === "GET" || request.method === "HEAD" ? "POST" : request.method;
    return { ...request, method, what: `${what}, noise`, body, broken: false };
  }

  /** Other headers, paths and methods than clients send. */
  private oddHead(request: Omit<FuzzRequest, "what" | "broken">, what: string): FuzzRequest {
    const { random } = this;
    const headers = { ...request.headers };
    const odd = random.below(6);
    if (odd === 0) headers["content-type"] = random.of(["", "text/plain", "application/json; charset=utf-16", "\t,;="]);
    if (odd === 1) headers["content-encoding"] = random.of(["gzip, gzip", "deflate", "zstd", "identity", "GZIP"]);
    if (odd === 2)
      headers["x-amz-target"] =
        `${request.headers["x-amz-target"]?.split(".")[0] ?? "x"}.${this.trees.key().replaceAll(/[^ -~]/g, "_")}`;
    if (odd === 3) headers["expect"] = random.of(["100-continue", "200-ok"]);
    if (odd === 4) headers["authorization"] = random.of(["", "Basic x", "AWS4-HMAC-SHA256 Credential=////"]);
    const path =
      odd === 5
        ? `${request.path}${random.of(["?%", "?&&==", "/%2e%2e/%00", "//", "?Action=x&Action=y", "#"])}`
        : request.path;
    return { ...request, what: `${what}, odd head ${odd}`, path, headers, broken: false };
  }
}

function nested(before: string, open: string, close: string, after: string): Buffer {
  return Buffer.from(before + open.repeat(DEPTH) + close.repeat(DEPTH) + after);
}

function huge(body: Buffer): Buffer {
  return Buffer.concat([body, Buffer.alloc(10 * 1024 * 1024, 0x20)]);
}

function zipped(request: Omit<FuzzRequest, "what" | "broken">, what: string, body: Buffer, how: string): FuzzRequest {
  const headers = { ...request.headers, "content-encoding": "gzip" };
  const method = request.method === "GET" || request.method === "HEAD" ? "POST" : request.method;
  return { ...request, method, headers, body, what: `${what}, ${how}`, broken: false };
}

/** What an HTTP header can carry of a text. */
function headerValue(text: string): string {
  return text
    .replaceAll(/[^ -~]/g, "?")
    .trim()
    .slice(0, 2000);
}
