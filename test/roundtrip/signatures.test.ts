import { createHmac, hash } from "node:crypto";
import * as cloudMap from "@aws-sdk/client-servicediscovery";
import * as ec2 from "@aws-sdk/client-ec2";
import * as ecs from "@aws-sdk/client-ecs";
import * as efs from "@aws-sdk/client-efs";
import * as s3 from "@aws-sdk/client-s3";
import * as sts from "@aws-sdk/client-sts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Clock } from "../../src/base/clock.ts";
import { accessKeys } from "../../src/identity/access-keys.ts";
import { emptyDirectory } from "../../src/identity/empty-directory.ts";
import { rootPrincipal } from "../../src/identity/principal.ts";
import { Sessions } from "../../src/identity/sessions.ts";
import { SignatureAuthenticator } from "../../src/identity/signature-authenticator.ts";
import type { AuthenticationFault } from "../../src/identity/authentication-error.ts";
import { s3Dialect } from "../../src/wire/s3/dialect.ts";
import { startTestServer, type TestServer } from "../../src/wire/test-server.ts";
import { idleService } from "../support/idle-service.ts";
import type { FuzzAnswer } from "../support/malformed/answer-reader.ts";
import type { FuzzProtocol } from "../support/malformed/requests.ts";
import { Sender } from "../support/malformed/sender.ts";
import cloudMapBounds from "../../generated/bounds/servicediscovery.json" with { type: "json" };
import ec2Bounds from "../../generated/bounds/ec2.json" with { type: "json" };
import ecsBounds from "../../generated/bounds/ecs.json" with { type: "json" };
import efsBounds from "../../generated/bounds/efs.json" with { type: "json" };
import s3Bounds from "../../generated/bounds/s3.json" with { type: "json" };
import stsBounds from "../../generated/bounds/sts.json" with { type: "json" };

/* Signatures that are wrong in one thing, and what services of each protocol say to them. The signer is the test's own. */

const ACCOUNT = "000000000000";
const NOW = Date.parse("2026-03-01T12:00:00Z");
const MINUTE = 60_000;
const clock: Clock = { now: () => NOW, monotonic: () => NOW, sleep: async () => {} };
const sessions = new Sessions(Buffer.alloc(32, 1));

interface Keys {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

const ROOT: Keys = { accessKeyId: "AKIAROOTROOTROOTROOT", secretAccessKey: "r".repeat(40) };
const RETIRED: Keys = { accessKeyId: "AKIARETIREDRETIREDRE", secretAccessKey: "b".repeat(40) };

function session(name: string, roleId: string, expiresAt = NOW + 60 * MINUTE): Keys {
  const role = { arn: `arn:aws:iam::${ACCOUNT}:role/worker`, id: roleId };
  const holder = { type: "AssumedRole" as const, role, sessionName: name };
  return sessions.issue({ holder, facts: { issuedAt: NOW - 60 * MINUTE, expiresAt }, region: "eu-west-1" });
}

const LIVE = session("live", "AROALIVE");
const OTHER = session("other", "AROALIVE");

const lookup = accessKeys({
  root: () => ({ ...ROOT, principal: rootPrincipal(ACCOUNT, ROOT.accessKeyId) }),
  directory: {
    ...emptyDirectory,
    role: async () => ({ id: "AROALIVE" }) as never,
    userKey: async (accessKeyId) =>
      accessKeyId === RETIRED.accessKeyId ? ({ ...RETIRED, active: false } as never) : undefined,
  },
  sessions,
  taskLives: async () => true,
  rolesExist: true,
});

const json = (protocol: FuzzProtocol) => ({
  "content-type": `application/x-amz-json-${protocol === "awsJson1_0" ? "1.0" : "1.1"}`,
});

interface Subject {
  protocol: FuzzProtocol;
  sdk: object;
  bounds: object;
  signingName: string;
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string;
}

const FORM = { "content-type": "application/x-www-form-urlencoded" };
const CBOR = { "smithy-protocol": "rpc-v2-cbor", "content-type": "application/cbor" };
const target = (name: string) => ({ "x-amz-target": name });
const UNSIGNED = { "x-amz-content-sha256": "UNSIGNED-PAYLOAD" };
const cm = { sdk: cloudMap, bounds: cloudMapBounds };
const SUBJECTS: Subject[] = [
  { protocol: "awsJson1_0", ...cm, signingName: "one", method: "POST", path: "/", headers: { ...json("awsJson1_0"), ...target("IdleawsJson1_0.ListNamespaces") }, body: "{}" },
  { protocol: "awsJson1_1", sdk: ecs, bounds: ecsBounds, signingName: "ecs", method: "POST", path: "/", headers: { ...json("awsJson1_1"), ...target("IdleawsJson1_1.ListClusters") }, body: "{}" },
  { protocol: "rpcv2Cbor", sdk: ecs, bounds: ecsBounds, signingName: "cbor", method: "POST", path: "/service/Idlerpcv2Cbor/operation/ListClusters", headers: CBOR, body: "\xa0" },
  { protocol: "awsQuery", sdk: sts, bounds: stsBounds, signingName: "sts", method: "POST", path: "/", headers: FORM, body: "Action=GetCallerIdentity&Version=2026-01-01" },
  { protocol: "ec2Query", sdk: ec2, bounds: ec2Bounds, signingName: "ec2", method: "POST", path: "/", headers: FORM, body: "Action=DescribeVpcs&Version=2026-02-02" },
  { protocol: "restJson1", sdk: efs, bounds: efsBounds, signingName: "elasticfilesystem", method: "PUT", path: "/2015-02-01/account-preferences", headers: {}, body: '{"ResourceIdType":"LONG_ID"}' },
  { protocol: "restXml", sdk: s3, bounds: s3Bounds, signingName: "s3", method: "GET", path: "/bucket/some%20key/%C3%A9", headers: UNSIGNED, body: "" },
]; // prettier-ignore

let server: TestServer;
let sender: Sender;
beforeAll(async () => {
  const services = SUBJECTS.map(
    ({ protocol, signingName, sdk, bounds }) =>
      idleService({
        protocol,
        signingName,
        sdk,
        bounds: bounds as never,
        ...(protocol === "restXml" ? { dialect: s3Dialect } : {}),
      }).service,
  );
  server = await startTestServer(services, { authenticator: new SignatureAuthenticator(lookup, clock), clock });
  sender = new Sender(server.port);
});
afterAll(async () => {
  sender.close();
  await server.close();
});

/** A request as it is on its way: what is changed here is changed behind the signer's back. */
interface Sent {
  method: string;
  path: string;
  query: string;
  headers: Record<string, string>;
  body: string;
}

interface Signing {
  keys?: Keys;
  /** When it was signed, in milliseconds after now. */
  at?: number;
  region?: string;
  service?: string;
  /** Instead of the day it was signed. */
  date?: string;
  terminator?: string;
  query?: string;
  /** Headers that the signer leaves out. */
  unsigned?: string[];
  /** Of a presigned URL: how long it is valid, in seconds. */
  expires?: number | string;
}

function sign(subject: Subject, options: Signing = {}): Sent {
  const {
    keys = ROOT,
    at = 0,
    region = "eu-west-1",
    service = subject.signingName,
    terminator = "aws4_request",
  } = options;
  const { query = "", unsigned = [], expires } = options;
  const timestamp = new Date(NOW + at).toISOString().replace(/[-:]|\.\d{3}/g, "");
  const date = options.date ?? timestamp.slice(0, 8);
  const scope = `${date}/${region}/${service}/${terminator}`;
  const headers: Record<string, string> = { host: "127.0.0.1", ...subject.headers };
  const parameters = query ? query.split("&") : [];
  if (expires === undefined) {
    headers["x-amz-date"] = timestamp;
    if (keys.sessionToken) headers["x-amz-security-token"] = keys.sessionToken;
  }
  const names = Object.keys(headers)
    .filter((name) => !unsigned.includes(name))
    .sort();
  if (expires !== undefined)
    parameters.push(
      "X-Amz-Algorithm=AWS4-HMAC-SHA256",
      `X-Amz-Credential=${encodeURIComponent(`${keys.accessKeyId}/${scope}`)}`,
      `X-Amz-Date=${timestamp}`,
      `X-Amz-Expires=${expires}`,
      `X-Amz-SignedHeaders=${encodeURIComponent(names.join(";"))}`,
      ...(keys.sessionToken ? [`X-Amz-Security-Token=${encodeURIComponent(keys.sessionToken)}`] : []),
    );
  const payload = headers["x-amz-content-sha256"] ?? hash("sha256", Buffer.from(subject.body, "latin1"));
  const lines = names.map((name) => `${name}:${headers[name]}\n`).join("");
  const path = subject.signingName === "s3" ? subject.path : subject.path.split("/").map(encodeURIComponent).join("/");
  const canonical = [subject.method, path, [...parameters].sort().join("&"), lines, names.join(";"), payload].join(
    "\n",
  );
  const text = `AWS4-HMAC-SHA256\n${timestamp}\n${scope}\n${hash("sha256", canonical)}`;
  const hmac = (key: string | Buffer, data: string) => createHmac("sha256", key).update(data).digest();
  const key = [date, region, service, terminator].reduce<string | Buffer>(hmac, `AWS4${keys.secretAccessKey}`);
  const signature = hmac(key, text).toString("hex");
  if (expires !== undefined) parameters.push(`X-Amz-Signature=${signature}`);
  else
    headers["authorization"] =
      `AWS4-HMAC-SHA256 Credential=${keys.accessKeyId}/${scope}, SignedHeaders=${names.join(";")}, Signature=${signature}`;
  const { host: _, ...others } = headers;
  return {
    method: subject.method,
    path: subject.path,
    query: parameters.join("&"),
    headers: others,
    body: subject.body,
  };
}

async function send({ method, path, query, headers, body }: Sent): Promise<FuzzAnswer> {
  const [answer] = await sender.send([
    {
      what: path,
      broken: false,
      method,
      path: query ? `${path}?${query}` : path,
      headers,
      body: Buffer.from(body, "latin1"),
    },
  ]);
  return answer!;
}

/** `CODE STATUS` of an error, `200` of success. */
async function outcome(sent: Sent): Promise<string> {
  const { status, body, errorType } = await send(sent);
  if (status < 300) return "200";
  const text = body.toString("utf8");
  const code = errorType ?? (/<Code>(.*?)<\/Code>/.exec(text) ?? /(\w+(?:Exception|Failure))/.exec(text))?.[1] ?? text;
  return `${code.split("#").at(-1)} ${status}`;
}

type Faults = Exclude<AuthenticationFault, "webPage" | "unsupported">;

const JSON_CODES: Record<Faults, string> = {
  missing: "MissingAuthenticationTokenException 400",
  incomplete: "IncompleteSignatureException 400",
  unknownKey: "UnrecognizedClientException 400",
  invalidToken: "UnrecognizedClientException 400",
  expiredToken: "ExpiredTokenException 400",
  wrongSignature: "InvalidSignatureException 400",
  wrongScope: "InvalidSignatureException 400",
  expired: "InvalidSignatureException 400",
  notYetCurrent: "InvalidSignatureException 400",
  payloadMismatch: "InvalidSignatureException 400",
};
const QUERY_CODES: Record<Faults, string> = {
  missing: "MissingAuthenticationToken 403",
  incomplete: "IncompleteSignature 400",
  unknownKey: "InvalidClientTokenId 403",
  invalidToken: "InvalidClientTokenId 403",
  expiredToken: "ExpiredToken 403",
  wrongSignature: "SignatureDoesNotMatch 403",
  wrongScope: "SignatureDoesNotMatch 403",
  expired: "SignatureDoesNotMatch 403",
  notYetCurrent: "SignatureDoesNotMatch 403",
  payloadMismatch: "SignatureDoesNotMatch 403",
};
const CODES: Record<FuzzProtocol, Record<Faults, string>> = {
  awsJson1_0: JSON_CODES,
  awsJson1_1: JSON_CODES,
  rpcv2Cbor: JSON_CODES,
  restJson1: {
    ...(Object.fromEntries(
      Object.entries(JSON_CODES).map(([fault, answer]) => [fault, answer.replace("400", "403")]),
    ) as Record<Faults, string>),
    // On a port that all services share, its signature is all that tells whom a REST request is for.
    missing: "UnknownOperationException 404",
  },
  awsQuery: QUERY_CODES,
  ec2Query: {
    ...QUERY_CODES,
    missing: "MissingParameter 400",
    unknownKey: "AuthFailure 401",
    invalidToken: "AuthFailure 401",
    expiredToken: "RequestExpired 400",
    wrongScope: "AuthFailure 401",
    expired: "RequestExpired 400",
    notYetCurrent: "AuthFailure 401",
  },
  restXml: {
    ...QUERY_CODES,
    missing: "AccessDenied 403",
    incomplete: "AuthorizationHeaderMalformed 400",
    unknownKey: "InvalidAccessKeyId 403",
    invalidToken: "InvalidToken 400",
    expiredToken: "ExpiredToken 400",
    wrongScope: "AuthorizationHeaderMalformed 400",
    expired: "RequestTimeTooSkewed 403",
    notYetCurrent: "RequestTimeTooSkewed 403",
    payloadMismatch: "XAmzContentSHA256Mismatch 400",
  },
};

type Row = [what: string, fault: Faults | "accepted", Signing, ((sent: Sent) => void)?];

const header = (sent: Sent, from: RegExp, to: string) => {
  sent.headers["authorization"] = sent.headers["authorization"]!.replace(from, to);
};

const ROWS: Row[] = [
  ["the root key", "accepted", {}],
  ["a session", "accepted", { keys: LIVE }],
  ["another Region", "accepted", { region: "eu-central-1" }],
  ["a key twice in the query", "accepted", { query: "dup=1&dup=2" }],
  ["no signature", "missing", {}, (sent) => delete sent.headers["authorization"]],
  ["a part missing", "incomplete", {}, (sent) => header(sent, /SignedHeaders=[^,]*, /, "")],
  ["a credential without a key", "incomplete", {}, (sent) => header(sent, /Credential=\w+/, "Credential=")],
  ["another algorithm", "incomplete", {}, (sent) => header(sent, /AWS4-HMAC-SHA256/, "AWS4-ECDSA-P256-SHA256")],
  ["a date that is none", "incomplete", {}, (sent) => (sent.headers["x-amz-date"] = "today")],
  ["an unknown key", "unknownKey", { keys: { ...ROOT, accessKeyId: "AKIANOBODYNOBODYNOBO" } }],
  ["a key that is not active", "unknownKey", { keys: RETIRED }],
  ["another secret", "wrongSignature", { keys: { ...ROOT, secretAccessKey: "x".repeat(40) } }],
  ["an empty signature", "incomplete", {}, (sent) => header(sent, /Signature=\w+/, "Signature=")],
  ["a forged signature", "wrongSignature", {}, (sent) => header(sent, /Signature=\w+/, `Signature=${"0".repeat(64)}`)],
  ["a signature that is cut off", "wrongSignature", {}, (sent) => header(sent, /(Signature=\w{10})\w+/, "$1")],
  ["a query that came later", "wrongSignature", {}, (sent) => (sent.query = "x=1")],
  ["a value of two, swapped", "wrongSignature", { query: "dup=1&dup=2" }, (sent) => (sent.query = "dup=1&dup=1")],
  ["a date that came later", "wrongSignature", {}, (sent) => (sent.headers["x-amz-date"] = "20260301T120001Z")],
  ["an unsigned header", "wrongSignature", {}, (sent) => (sent.headers["x-amz-acl"] = "public-read")],
  ["an unsigned host", "wrongSignature", { unsigned: ["host"] }],
  ["a Region that was changed", "wrongSignature", {}, (sent) => header(sent, /eu-west-1/, "us-east-1")],
  ["a Region that is none", "wrongScope", { region: "EU" }],
  ["another day in the scope", "wrongScope", { date: "20260228" }],
  ["another end of the scope", "wrongScope", { terminator: "aws5_request" }],
  ["a token that was lost", "unknownKey", { keys: LIVE }, (sent) => delete sent.headers["x-amz-security-token"]],
  ["another session's token", "invalidToken", { keys: { ...LIVE, sessionToken: OTHER.sessionToken! } }],
  ["a forged token", "invalidToken", { keys: { ...LIVE, sessionToken: "AgAAAA==" } }],
  ["a token of the root key", "invalidToken", { keys: { ...ROOT, sessionToken: LIVE.sessionToken! } }],
  ["a session that is over", "expiredToken", { keys: session("over", "AROALIVE", NOW) }],
  ["a session of a role that is gone", "invalidToken", { keys: session("gone", "AROAGONE") }],
];

describe.each(SUBJECTS.map((subject) => [subject.protocol, subject] as const))("%s", (protocol, subject) => {
  const expected = (fault: Faults | "accepted") => (fault === "accepted" ? "200" : CODES[protocol][fault]);

  test.each(ROWS)("%s: %s", async (_, fault, signing, change) => {
    const sent = sign(subject, signing);
    change?.(sent);
    expect(await outcome(sent)).toBe(expected(fault));
  });

  test("a body that was changed", async () => {
    const sent = sign(subject);
    sent.body += " ";
    // S3's is not signed here, and GET has none to speak of.
    expect(await outcome(sent)).toBe(expected(protocol === "restXml" ? "accepted" : "wrongSignature"));
  });

  test("clocks may differ, and no further: what was caught is of no use later", async () => {
    const allowed = (subject.signingName === "s3" || subject.signingName === "sts" ? 15 : 5) * MINUTE;
    expect(await outcome(sign(subject, { at: -allowed }))).toBe("200");
    expect(await outcome(sign(subject, { at: allowed }))).toBe("200");
    expect(await outcome(sign(subject, { at: -allowed - 1000 }))).toBe(expected("expired"));
    expect(await outcome(sign(subject, { at: allowed + 1000 }))).toBe(expected("notYetCurrent"));
  });
});

describe("presigned URLs", () => {
  const list: Subject = { ...SUBJECTS[3]!, method: "GET", headers: {}, body: "" };
  const object = SUBJECTS[6]!;
  const query = "Action=GetCallerIdentity&Version=2026-01-01";
  const listUrl = (signing: Signing) => sign(list, { ...signing, query });
  const objectUrl = (signing: Signing) => sign(object, signing);

  test.each<[string, string, string, Signing]>([
    ["fresh ones", "200", "200", { expires: 60 }],
    ["of a session", "200", "200", { expires: 60, keys: LIVE }],
    ["at their end", "200", "200", { expires: 60, at: -MINUTE }],
    ["behind it", "SignatureDoesNotMatch 403", "AccessDenied 403", { expires: 60, at: -MINUTE - 1000 }],
    ["of a week", "200", "200", { expires: 604_800, at: -604_800_000 }],
    ["of more than a week", "IncompleteSignature 400", "AuthorizationQueryParametersError 400", { expires: 604_801 }],
    ["for ever", "IncompleteSignature 400", "AuthorizationQueryParametersError 400", { expires: "" }],
    ["for less than nothing", "IncompleteSignature 400", "AuthorizationQueryParametersError 400", { expires: -1 }],
    ["of the future", "SignatureDoesNotMatch 403", "AccessDenied 403", { expires: 60, at: 16 * MINUTE }],
    [
      "of another service",
      "SignatureDoesNotMatch 403",
      "SignatureDoesNotMatch 403",
      { expires: 60, keys: { ...ROOT, secretAccessKey: "x" } },
    ],
  ])("%s", async (_, ofQuery, ofS3, signing) => {
    expect(await outcome(listUrl(signing))).toBe(ofQuery);
    expect(await outcome(objectUrl(signing))).toBe(ofS3);
  });

  test("a parameter that came later, one that was changed, and one twice", async () => {
    for (const change of [
      (text: string) => `${text}&x=1`,
      (text: string) => text.replace("GetCallerIdentity", "GetSessionToken"),
      (text: string) => text.replace("X-Amz-Expires=60", "X-Amz-Expires=600"),
      (text: string) => `${text}&X-Amz-Expires=60`,
    ]) {
      const sent = listUrl({ expires: 60 });
      sent.query = change(sent.query);
      expect(await outcome(sent)).toBe("SignatureDoesNotMatch 403");
    }
  });
});

test("S3 takes a path as it is: encoded twice it is another, and encoded otherwise the same", async () => {
  const subject = SUBJECTS[6]!;
  const paths = {
    "/bucket/some%2520key/%25C3%25A9": "SignatureDoesNotMatch 403",
    "/bucket/%73ome%20key/%c3%a9": "200",
  };
  for (const [path, expected] of Object.entries(paths))
    expect(await outcome({ ...sign(subject), path })).toBe(expected);
});

test("a payload that is not the one that S3 was told of", async () => {
  const subject = { ...SUBJECTS[6]!, headers: { "x-amz-content-sha256": hash("sha256", "other") } };
  expect(await outcome(sign(subject))).toBe("XAmzContentSHA256Mismatch 400");
});
