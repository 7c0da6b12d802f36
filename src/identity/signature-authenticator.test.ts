import { beforeAll, expect, test } from "vitest";
import type { Clock } from "../base/clock.ts";
import { run } from "../base/command.ts";
import { AuthenticationError } from "./authentication-error.ts";
import { rootPrincipal } from "./principal.ts";
import { SignatureAuthenticator } from "./signature-authenticator.ts";
import type { SignedRequest } from "./signed-request.ts";

const KEY = {
  accessKeyId: "AKIDEXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
  principal: rootPrincipal("000000000000", "AKIDEXAMPLE"),
};
const SESSION = {
  ...KEY,
  accessKeyId: "ASIASESSION",
  sessionToken: "t+o/k=en",
  expiresAt: Date.parse("2015-08-30T13:00:00Z"),
};
const AT = Date.parse("2015-08-30T12:36:00Z");

function authenticator(now = AT): SignatureAuthenticator {
  const clock: Clock = { now: () => now, monotonic: () => now, sleep: async () => {} };
  return new SignatureAuthenticator((id) => [KEY, SESSION].find((key) => key.accessKeyId === id), clock);
}

function request(target: string, options: Partial<SignedRequest> = {}): SignedRequest {
  const [path = "/", rawQuery = ""] = target.split(/\?(.*)/s);
  return {
    method: "GET",
    path,
    rawQuery,
    query: new URLSearchParams(rawQuery),
    headers: {},
    rawBody: Buffer.alloc(0),
    ...options,
  };
}

async function faultOf(call: Promise<unknown>): Promise<string> {
  const cause = await call.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(cause instanceof AuthenticationError)) throw new Error(`not refused: ${String(cause)}`);
  return `${cause.fault}: ${cause.message}`;
}

/** The signature of AWS's published example `get-vanilla`. */
const VANILLA = "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31";

function vanilla(changes: Record<string, string | undefined> = {}, signature = VANILLA): SignedRequest {
  const headers: Record<string, string | undefined> = {
    host: "example.amazonaws.com",
    "x-amz-date": "20150830T123600Z",
    authorization: `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature=${signature}`,
    ...changes,
  };
  return request("/", { headers: headers as Record<string, string> });
}

test("AWS's published example", async () => {
  expect(await authenticator().authenticate(vanilla(), "service")).toEqual({
    principal: KEY.principal,
    region: "us-east-1",
  });
});

const authorization = (text: string) => vanilla({ authorization: text });
const CREDENTIAL = "AKIDEXAMPLE/20150830/us-east-1/service/aws4_request";
test.each<[string, SignedRequest]>([
  ["missing: Missing Authentication Token", vanilla({ authorization: undefined })],
  ["incomplete: Authorization header requires 'Credential' parameter.", authorization("Bearer x")],
  ["incomplete: 'x' not a valid key=value pair (missing equal-sign)", authorization("AWS4-HMAC-SHA256 x")],
  [
    "incomplete: Authorization header requires 'Signature' parameter. Authorization=",
    authorization(`AWS4-HMAC-SHA256 Credential=${CREDENTIAL}, SignedHeaders=host`),
  ],
  [
    "incomplete: Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.",
    vanilla({ "x-amz-date": undefined }),
  ],
  ["incomplete: Date must be in ISO-8601 'basic format'. Got 'yesterday'.", vanilla({ "x-amz-date": "yesterday" })],
  [
    "incomplete: Unsupported AWS 'algorithm': 'AWS4-ECDSA-P256-SHA256'",
    authorization(`AWS4-ECDSA-P256-SHA256 Credential=${CREDENTIAL}, SignedHeaders=host, Signature=00`),
  ],
  [
    "incomplete: Credential must have exactly 5 slash-delimited elements",
    authorization("AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=host, Signature=00"),
  ],
  [
    "wrongSignature: 'Host' must be a 'SignedHeader'",
    authorization(`AWS4-HMAC-SHA256 Credential=${CREDENTIAL}, SignedHeaders=x-amz-date, Signature=00`),
  ],
  [
    "wrongScope: Credential should be scoped to a valid region, not 'EU'.",
    authorization(
      `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/EU/service/aws4_request, SignedHeaders=host, Signature=00`,
    ),
  ],
  [
    "wrongScope: Credential should be scoped to correct service: 'service'.",
    authorization(
      `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/other/aws4_request, SignedHeaders=host, Signature=00`,
    ),
  ],
  [
    "wrongScope: Date in Credential scope does not match",
    authorization(
      `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150829/us-east-1/service/aws4_request, SignedHeaders=host, Signature=00`,
    ),
  ],
  [
    "wrongScope: Credential should be scoped with a valid terminator: 'aws4_request', not 'end'.",
    authorization(
      `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/end, SignedHeaders=host, Signature=00`,
    ),
  ],
  [
    "unknownKey: The security token included in the request is invalid.",
    authorization(
      `AWS4-HMAC-SHA256 Credential=NOBODY/20150830/us-east-1/service/aws4_request, SignedHeaders=host, Signature=00`,
    ),
  ],
  ["invalidToken: The security token", vanilla({ "x-amz-security-token": "stray" })],
  [
    "unknownKey: The security token",
    authorization(
      `AWS4-HMAC-SHA256 Credential=ASIASESSION/20150830/us-east-1/service/aws4_request, SignedHeaders=host, Signature=00`,
    ),
  ],
  ["wrongSignature: 'x-amz-target' must be a 'SignedHeader'", vanilla({ "x-amz-target": "a.b" })],
  ["wrongSignature: The request signature we calculated", vanilla({}, "00")],
  ["wrongSignature: The request signature we calculated", vanilla({}, VANILLA.replace("5", "6"))],
  ["wrongSignature: The request signature we calculated", vanilla({ host: "other" })],
  [
    "unsupported: Payloads signed as STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
    vanilla({ "x-amz-content-sha256": "STREAMING-AWS4-HMAC-SHA256-PAYLOAD" }),
  ],
  ["payloadMismatch: The provided 'x-amz-content-sha256' header", vanilla({ "x-amz-content-sha256": "0".repeat(64) })],
  ["incomplete: Found both", request("/?X-Amz-Algorithm=AWS4-HMAC-SHA256", { headers: { authorization: "x" } })],
  [
    "incomplete: AWS query-string parameters must include 'X-Amz-Credential'.",
    request("/?X-Amz-Algorithm=AWS4-HMAC-SHA256"),
  ],
])("%s", async (expected, signed) => {
  expect(await faultOf(authenticator().authenticate(signed, "service"))).toContain(expected);
});

/** Minutes after the example was signed. */
const minutes = (n: number) => authenticator(AT + n * 60_000).authenticate(vanilla(), "service");

test("clocks may differ by five minutes, and no more", async () => {
  await minutes(5);
  await minutes(-5);
  expect(await faultOf(minutes(5.1))).toBe(
    "expired: Signature expired: 20150830T123600Z is now earlier than 20150830T123606Z (20150830T124106Z - 5 min.)",
  );
  expect(await faultOf(minutes(-5.1))).toBe(
    "notYetCurrent: Signature not yet current: 20150830T123600Z is still later than 20150830T123554Z (20150830T123054Z + 5 min.)",
  );
});

// An independent signer: botocore, over requests that are awkward to canonicalize.

const SIGNER = `
import datetime, json, sys
import botocore.auth, botocore.credentials
from botocore.awsrequest import AWSRequest
class At(datetime.datetime):
    @classmethod
    def utcnow(cls): return cls(2015, 8, 30, 12, 36, 0)
    @classmethod
    def now(cls, tz=None): return cls(2015, 8, 30, 12, 36, 0, tzinfo=tz)
botocore.auth.datetime.datetime = At
signed = []
for case in json.load(sys.stdin):
    keys = botocore.credentials.Credentials(*case["keys"])
    kind = {"header": botocore.auth.SigV4Auth, "query": botocore.auth.SigV4QueryAuth, "s3": botocore.auth.S3SigV4Auth, "s3query": botocore.auth.S3SigV4QueryAuth}[case["kind"]]
    request = AWSRequest(case["method"], "http://host.test:4566" + case["target"], headers=case.get("headers", {}), data=case.get("body", "").encode())
    kind(keys, case["service"], "eu-west-1").add_auth(request)
    prepared = request.prepare()
    headers = {name.lower(): value if isinstance(value, str) else value.decode() for name, value in prepared.headers.items()}
    signed.append({"url": prepared.url, "headers": {"host": "host.test:4566", **headers}})
json.dump(signed, sys.stdout)
`;

interface Case {
  kind: "header" | "query" | "s3" | "s3query";
  method: string;
  service: string;
  target: string;
  body?: string;
  headers?: Record<string, string>;
  keys: (string | undefined)[];
}
const root = [KEY.accessKeyId, KEY.secretAccessKey];
const session = [SESSION.accessKeyId, SESSION.secretAccessKey, SESSION.sessionToken];
const CASES: Case[] = [
  {
    kind: "header",
    method: "POST",
    service: "ecs",
    target: "/",
    body: '{"a":"é"}',
    headers: { "content-type": "application/x-amz-json-1.1", "x-amz-target": "a.b" },
    keys: root,
  },
  { kind: "header", method: "GET", service: "ecs", target: "/?b=2&a=1&a=0&B=3&c=&d", keys: root },
  { kind: "header", method: "GET", service: "ecs", target: "/?x=a%20b%2Bc%2Fd~-_.%C3%A9", keys: root },
  { kind: "header", method: "GET", service: "lambda", target: "/functions/a%3Ab%20c/d", keys: root },
  { kind: "header", method: "GET", service: "lambda", target: "/a/./b/../c//d/", keys: root },
  { kind: "header", method: "GET", service: "ecs", target: "/", headers: { "x-amz-meta": "  a   b  " }, keys: root },
  { kind: "header", method: "POST", service: "ecs", target: "/", body: "x", keys: session },
  { kind: "query", method: "GET", service: "sts", target: "/?Action=GetCallerIdentity&Version=2011-06-15", keys: root },
  { kind: "query", method: "GET", service: "sts", target: "/?Action=GetCallerIdentity", keys: session },
  { kind: "s3", method: "PUT", service: "s3", target: "/bucket/a%20b/%C3%A9%2B%281%29.txt", body: "data", keys: root },
  { kind: "s3query", method: "GET", service: "s3", target: "/bucket/a%20b.txt?versionId=1", keys: root },
  { kind: "s3", method: "PUT", service: "s3", target: "/bucket/key", body: "data", keys: session },
  { kind: "s3query", method: "GET", service: "s3", target: "/bucket/key?versionId=1", keys: session },
  { kind: "header", method: "GET", service: "lambda", target: "/functions/a%3Ab", keys: session },
];
let signed: { url: string; headers: Record<string, string> }[];
beforeAll(async () => {
  const { stdout } = await run("/usr/bin/python3", ["-c", SIGNER], { input: JSON.stringify(CASES) });
  signed = JSON.parse(stdout) as typeof signed;
});

test.each(CASES.map((item, index) => [`${item.kind} ${item.method} ${item.target}`, item, index] as const))(
  "botocore signs %s",
  async (_name, { method, service, body = "" }, index) => {
    const { url, headers } = signed[index]!;
    const target = url.replace("http://host.test:4566", "");
    const received = request(target, { method, headers, rawBody: Buffer.from(body) });
    expect((await authenticator().authenticate(received, service)).region).toBe("eu-west-1");
    const altered = { ...received, method: "DELETE" };
    expect(await faultOf(authenticator().authenticate(altered, service))).toContain("wrongSignature");
  },
);

/** A signed case, received at another time. */
const at = (index: number, now: number) => {
  const { url, headers } = signed[index]!;
  const received = request(url.replace("http://host.test:4566", ""), {
    ...CASES[index]!,
    headers,
    rawBody: Buffer.from(CASES[index]!.body ?? ""),
  });
  return authenticator(now).authenticate(received, CASES[index]!.service);
};

test("temporary keys and presigned URLs end", async () => {
  expect(await faultOf(at(8, Date.parse("2015-08-30T13:00:00Z")))).toContain("expiredToken");
  await at(7, AT + 3_599_000);
  expect(await faultOf(at(7, AT + 3_601_000))).toBe(
    "expired: Signature expired: 20150830T133600Z is now earlier than 20150830T133601Z",
  );
});
