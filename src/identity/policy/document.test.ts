import { describe, expect, it } from "vitest";
import { parsePolicy, PolicyError, principalsOf, type PolicyType } from "./policy.ts";

function messageFor(document: unknown, type: PolicyType): string {
  try {
    parsePolicy(typeof document === "string" ? document : JSON.stringify(document), type);
    return "";
  } catch (cause) {
    if (cause instanceof PolicyError) return cause.message;
    throw cause;
  }
}

const version = "2012-10-17";
const SYNTAX = "Syntax errors in policy.";
const LEGACY = "The policy failed legacy parsing";
const VENDOR = "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.";
const bucket = "arn:aws:s3:::bucket";

/** A statement of an identity policy, with some of its elements changed; `undefined` takes one away. */
const statement = (changes: object = {}) => ({
  Effect: "Allow",
  Action: "s3:ListBucket",
  Resource: bucket,
  ...changes,
});
const policy = (changes: object = {}) => ({ Version: version, Statement: statement(changes) });
const when = (condition: unknown) => policy({ Condition: condition });

const identityCases: [string, unknown, string][] = [
  ["plain", policy(), ""],
  ["a list of statements", { Version: version, Statement: [statement(), statement({ Sid: "Two" })] }, ""],
  ["the older version", { Version: "2008-10-17", Statement: statement() }, ""],
  ["no version", { Statement: statement() }, ""],
  ["an id", { Version: version, Id: "cd3ad3d9-2776-4ef1-a904-4c229d1642ee", Statement: statement() }, ""],
  ["a wildcard action", policy({ Action: "*" }), ""],
  ["wildcards in an action", policy({ Action: ["s3:Get*", "s3:?istBucket"] }), ""],
  ["an unknown service", policy({ Action: "nosuchservice:DoIt" }), ""],
  ["NotAction", policy({ Action: undefined, NotAction: "iam:*" }), ""],
  ["NotResource", policy({ Resource: undefined, NotResource: bucket }), ""],
  ["all resources", policy({ Resource: "*" }), ""],
  ["a variable in a resource", policy({ Resource: `${bucket}/\${aws:username}/*` }), ""],
  ["an incomplete resource", policy({ Resource: "arn:aws:sqs" }), ""],
  ["a resource that ends early in a wildcard", policy({ Resource: "arn:aws:ecs:eu-west-1:*" }), ""],
  ["an access point", policy({ Resource: "arn:aws:s3:us-west-2:123456789012:accesspoint/one" }), ""],
  ["an IAM path", policy({ Resource: "arn:aws:iam::123456789012:role/a/b" }), ""],
  ["all of IAM", policy({ Resource: "arn:aws:iam::123456789012:*" }), ""],
  ["any partition", policy({ Resource: "arn:*:s3:::bucket" }), ""],
  ["China", policy({ Resource: "arn:aws-cn:s3:::bucket" }), ""],
  ["a condition", when({ StringEquals: { "aws:username": "ana" } }), ""],
  [
    "values of other types",
    when({ Bool: { "aws:SecureTransport": true }, NumericLessThan: { "s3:max-keys": 10 } }),
    "",
  ],
  ["several values", when({ StringLike: { "s3:prefix": ["a/*", "b/*"] } }), ""],
  [
    "set operators",
    when({
      "ForAllValues:StringEquals": { "aws:TagKeys": ["a"] },
      "ForAnyValue:StringLikeIfExists": { "aws:TagKeys": "b" },
    }),
    "",
  ],
  ["operators in lower case", when({ stringequals: { "aws:username": "ana" } }), ""],
  ["a tag key with a colon", when({ StringEquals: { "aws:ResourceTag/aws:cloudformation:stack-name": "x" } }), ""],
  ["an empty condition", when({}), ""],
  ["a date", when({ DateLessThan: { "aws:CurrentTime": "2026-01-01T00:00:00Z" } }), ""],
  ["a date in seconds", when({ DateLessThan: { "aws:EpochTime": "1767225600" } }), ""],

  ["no JSON", "This is not a json document", SYNTAX],
  ["nothing", "", SYNTAX],
  ["a list", [], SYNTAX],
  ["a text", '"Allow"', SYNTAX],
  ["deep nesting", "[".repeat(5000) + "]".repeat(5000), SYNTAX],
  ["an unknown version", { Version: "2013-10-17", Statement: statement() }, SYNTAX],
  ["a version that is no text", { Version: 2012, Statement: statement() }, SYNTAX],
  ["no statement", { Version: version }, SYNTAX],
  ["an empty list of statements", { Version: version, Statement: [] }, SYNTAX],
  ["a statement that is text", { Version: version, Statement: ["afd"] }, SYNTAX],
  ["an unknown element", { ...policy(), Extra: "value" }, SYNTAX],
  ["an element in another case", { version, Statement: statement() }, SYNTAX],
  ["an unknown element of a statement", policy({ Extra: "value" }), SYNTAX],
  ["an id that is a list", { Version: version, Id: ["x"], Statement: statement() }, SYNTAX],
  ["an id that is an object", { Version: version, Id: {}, Statement: statement() }, SYNTAX],
  ["a wrong effect", policy({ Effect: "invalid" }), SYNTAX],
  ["no effect", policy({ Effect: undefined }), SYNTAX],
  ["an effect in another case", policy({ Effect: "denY" }), LEGACY],
  ["a sid that is an object", policy({ Sid: {} }), SYNTAX],
  ["a sid that is a list", policy({ Sid: [] }), SYNTAX],
  ["Action and NotAction", policy({ NotAction: "iam:x" }), SYNTAX],
  ["Resource and NotResource", policy({ NotResource: "*" }), SYNTAX],
  ["Resource and an empty NotResource", policy({ NotResource: [] }), SYNTAX],
  ["an action that is an object", policy({ Action: {} }), SYNTAX],
  ["actions in two lists", policy({ Action: [["s3:*"]] }), SYNTAX],
  ["a resource that is an object", policy({ Resource: { a: bucket } }), SYNTAX],
  ["a resource that is an object in a list", policy({ Resource: ["adfdf", {}] }), SYNTAX],
  [
    "a repeated element",
    `{"Version":"${version}","Version":"${version}","Statement":${JSON.stringify(statement())}}`,
    SYNTAX,
  ],
  [
    "a repeated element of a statement",
    `{"Version":"${version}","Statement":{"Effect":"Allow","Effect":"Deny","Action":"*","Resource":"*"}}`,
    SYNTAX,
  ],
  [
    "a repeated operator",
    `{"Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Bool":{"aws:a":"true"},"Bool":{"aws:b":"true"}}}}`,
    SYNTAX,
  ],
  ["a condition that is a list", when([]), SYNTAX],
  ["a condition in a list", when([{ StringEquals: { "aws:username": "ana" } }]), SYNTAX],
  ["a condition that is text", when("a"), SYNTAX],
  ["an operator without keys", when({ StringEquals: "b" }), SYNTAX],
  ["an operator with a list", when({ StringEquals: [] }), SYNTAX],
  ["a key with an object", when({ StringEquals: { "aws:username": {} } }), SYNTAX],
  ["a key with null", when({ StringEquals: { "aws:username": null } }), SYNTAX],
  ["an unknown operator", when({ StringEqualz: { "aws:username": "ana" } }), SYNTAX],
  ["an unknown set operator", when({ "ForSomeValues:StringEquals": { "aws:TagKeys": "a" } }), SYNTAX],
  ["Null with IfExists", when({ NullIfExists: { "aws:username": "true" } }), SYNTAX],
  ["a date that is none", when({ DateGreaterThan: { "aws:CurrentTime": "sdfdsf" } }), LEGACY],
  ["a number that is none", when({ NumericEquals: { "s3:max-keys": "many" } }), LEGACY],
  ["an address that is none", when({ IpAddress: { "aws:SourceIp": "300.1.2.3/8" } }), LEGACY],
  ["an address with too long a prefix", when({ IpAddress: { "aws:SourceIp": "10.0.0.0/33" } }), LEGACY],
  ["Null with neither true nor false", when({ Null: { "aws:username": "perhaps" } }), LEGACY],
  ["a condition key without a vendor", when({ StringEquals: { username: "ana" } }), VENDOR],

  ["a principal", policy({ Principal: "*" }), "Policy document should not specify a principal."],
  [
    "all but a principal",
    policy({ NotPrincipal: { AWS: "123456789012" } }),
    "Policy document should not specify a principal.",
  ],
  [
    "one sid twice",
    { Version: version, Statement: [statement({ Sid: "A" }), statement({ Sid: "A" })] },
    "Statement IDs (SID) in a single policy must be unique.",
  ],
  [
    "a sid with a space",
    policy({ Sid: "two words" }),
    "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*",
  ],
  ["no action", policy({ Action: undefined }), "Policy statement must contain actions."],
  ["an empty list of actions", policy({ Action: [] }), "Policy statement must contain actions."],
  ["no resource", policy({ Resource: undefined }), "Policy statement must contain resources."],
  ["an empty list of resources", policy({ Resource: [] }), "Policy statement must contain resources."],
  [
    "neither action nor resource",
    policy({ Action: undefined, Resource: undefined }),
    "Policy statement must contain actions.",
  ],
  [
    "a wrong action and no resource",
    policy({ Action: "invalid", Resource: undefined }),
    "Policy statement must contain resources.",
  ],
  ["an action without a vendor", policy({ Action: "invalid" }), VENDOR],
  ["an empty action", policy({ Action: undefined, NotAction: "" }), VENDOR],
  ["a vendor with a space", policy({ Action: "a a:ListBucket" }), "Vendor a a is not valid"],
  ["a vendor with a wildcard", policy({ Action: "s3*:ListBucket" }), "Vendor s3* is not valid"],
  ["an action with two colons", policy({ Action: "s3:List:Bucket" }), "Actions/Condition can contain only one colon."],
  [
    "a resource that is no ARN",
    policy({ Resource: "invalid resource" }),
    'Resource invalid resource must be in ARN format or "*".',
  ],
  ["an empty resource", policy({ Resource: "" }), 'Resource  must be in ARN format or "*".'],
  [
    "a wrong resource before a wrong action",
    policy({ Action: "s:3:x", Resource: "sdf" }),
    'Resource sdf must be in ARN format or "*".',
  ],
  [
    "a resource of two parts",
    policy({ Resource: "a:bsdf" }),
    'Partition "bsdf" is not valid for resource "arn:bsdf:*:*:*:*".',
  ],
  [
    "a resource of three parts",
    policy({ Resource: "a:b:cadfsdf" }),
    'Partition "b" is not valid for resource "arn:b:cadfsdf:*:*:*".',
  ],
  [
    "a resource of many parts",
    policy({ Resource: "a:b:c:d:e:f:g:h" }),
    'Partition "b" is not valid for resource "arn:b:c:d:e:f:g:h".',
  ],
  [
    "an unknown partition",
    policy({ Resource: "arn:gcp:s3:::bucket" }),
    'Partition "gcp" is not valid for resource "arn:gcp:s3:::bucket".',
  ],
  [
    "an ARN without a service",
    policy({ Resource: "arn:aws" }),
    "Resource vendor must be fully qualified and cannot contain regexes.",
  ],
  [
    "an ARN of any service",
    policy({ Resource: "arn:aws:*:*:*:*" }),
    "Resource vendor must be fully qualified and cannot contain regexes.",
  ],
  ["an ARN with an empty service", policy({ Resource: "arn:aws::::bucket" }), LEGACY],
  ["an ARN that lacks a part", policy({ Resource: "arn:aws:s3::bucket" }), LEGACY],
  [
    "IAM in a Region",
    policy({ Resource: "arn:aws:iam:us-east-1::x" }),
    "IAM resource arn:aws:iam:us-east-1::x cannot contain region information.",
  ],
  [
    "a bucket in a Region",
    policy({ Resource: "arn:aws:s3:us-east-1::bucket" }),
    "Resource arn:aws:s3:us-east-1::bucket can not contain region information.",
  ],
  [
    "a wrong IAM path",
    policy({ Resource: "arn:aws:iam:::bucket" }),
    'IAM resource path must either be "*" or start with user/, federated-user/, role/, group/, instance-profile/, mfa/, server-certificate/, policy/, sms-mfa/, saml-provider/, oidc-provider/, report/, access-report/.',
  ],
];

const trust = (changes: object = {}) => ({
  Version: version,
  Statement: {
    Effect: "Allow",
    Principal: { Service: "ecs-tasks.amazonaws.com" },
    Action: "sts:AssumeRole",
    ...changes,
  },
});
const trusted = (principal: unknown) => trust({ Principal: principal });
const STS_ONLY = "AssumeRole policy may only specify STS AssumeRole actions.";

const trustCases: [string, unknown, string][] = [
  ["a service", trust(), ""],
  ["an account", trusted({ AWS: "123456789012" }), ""],
  ["an account's root", trusted({ AWS: "arn:aws:iam::123456789012:root" }), ""],
  ["a user", trusted({ AWS: "arn:aws:iam::123456789012:user/path/ana" }), ""],
  ["a role", trusted({ AWS: ["arn:aws:iam::123456789012:role/r", "arn:aws:iam::123456789012:role/p/s"] }), ""],
  ["a session", trusted({ AWS: "arn:aws:sts::123456789012:assumed-role/r/s" }), ""],
  ["a user's unique id", trusted({ AWS: "AIDAJQABLZS4A3QDU576Q" }), ""],
  ["anybody", trusted({ AWS: "*" }), ""],
  [
    "a web identity",
    trust({
      Principal: { Federated: "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com" },
      Action: "sts:AssumeRoleWithWebIdentity",
    }),
    "",
  ],
  ["Google", trust({ Principal: { Federated: "accounts.google.com" }, Action: "sts:AssumeRoleWithWebIdentity" }), ""],
  ["tags and a source identity", trust({ Action: ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"] }), ""],
  ["a wildcard among the ways", trust({ Action: "sts:AssumeRole*" }), ""],
  ["actions in another case", trust({ Action: "STS:assumerole" }), ""],
  ["no JSON", "{", "This policy contains invalid Json"],
  ["a wrong version", { ...trust(), Version: "2020-01-01" }, "The policy must contain a valid version string"],
  ["no statement", { Version: version }, "Could not parse the policy: Statement is empty!"],
  [
    "an empty list of statements",
    { Version: version, Statement: [] },
    "Could not parse the policy: Statement is empty!",
  ],
  [
    "one sid twice",
    {
      Version: version,
      Statement: [
        { Sid: "a", ...trust().Statement },
        { Sid: "a", ...trust().Statement },
      ],
    },
    "The Statement Ids in the policy are not unique",
  ],
  ["no effect", trust({ Effect: undefined }), "Missing required field Effect"],
  ["a wrong effect", trust({ Effect: "Permit" }), "Invalid effect: Permit"],
  ["no principal", trust({ Principal: undefined }), "Missing required field Principal"],
  ["an empty principal", trusted({}), "Missing required field Principal cannot be empty!"],
  ["a principal that is text", trusted("*"), "Principal must be a JSON object."],
  ["an unknown kind of principal", trusted({ Robot: "x" }), 'Invalid principal in policy: "Robot"'],
  [
    "a canonical user",
    trusted({ CanonicalUser: "79a59df900b949e5" }),
    'Invalid principal in policy: "CANONICALUSER":"79a59df900b949e5"',
  ],
  ["a wrong principal", trusted({ AWS: "ana" }), 'Invalid principal in policy: "AWS":"ana"'],
  [
    "a group",
    trusted({ AWS: "arn:aws:iam::123456789012:group/g" }),
    'Invalid principal in policy: "AWS":"arn:aws:iam::123456789012:group/g"',
  ],
  [
    "a wildcard in a principal",
    trusted({ AWS: "arn:aws:iam::123456789012:user/*" }),
    'Invalid principal in policy: "AWS":"arn:aws:iam::123456789012:user/*"',
  ],
  ["a wrong service", trusted({ Service: "ecs-tasks" }), 'Invalid principal in policy: "SERVICE":"ecs-tasks"'],
  [
    "all but a principal, allowed",
    trust({ Principal: undefined, NotPrincipal: { AWS: "123456789012" } }),
    "Allow with NotPrincipal is not allowed.",
  ],
  [
    "all but a principal, denied",
    trust({ Effect: "Deny", Principal: undefined, NotPrincipal: { AWS: "123456789012" } }),
    "AssumeRole policy must not contain NotPrincipal field.",
  ],
  ["no action", trust({ Action: undefined }), "Missing required field Action"],
  ["an action of another service", trust({ Action: "s3:GetObject" }), STS_ONLY],
  ["any action", trust({ Action: "*" }), STS_ONLY],
  ["another action of STS", trust({ Action: "sts:GetCallerIdentity" }), STS_ONLY],
  ["a resource", trust({ Resource: "*" }), "Has prohibited field Resource"],
  ["all but a resource", trust({ NotResource: "*" }), "AssumeRole policy must not contain resources."],
  ["an unknown element", trust({ Comment: "x" }), "Has prohibited field Comment"],
];

const guarded = (changes: object = {}) => ({
  Version: version,
  Statement: { Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: `${bucket}/*`, ...changes },
});

const resourceCases: [string, unknown, string][] = [
  ["anybody", guarded(), ""],
  ["anybody, as an object", guarded({ Principal: { AWS: "*" } }), ""],
  [
    "several principals",
    guarded({
      Principal: { AWS: ["123456789012", "arn:aws:iam::123456789012:user/ana"], Service: "logs.amazonaws.com" },
    }),
    "",
  ],
  ["all but a principal", guarded({ Effect: "Deny", Principal: undefined, NotPrincipal: { AWS: "123456789012" } }), ""],
  ["no resource, where it is about what has it", guarded({ Resource: undefined }), ""],
  ["sids with spaces", guarded({ Sid: "Read for all" }), ""],
  ["no principal", guarded({ Principal: undefined }), "Missing required field Principal"],
  ["another text for the principal", guarded({ Principal: "ana" }), 'Invalid principal in policy: "ana"'],
  [
    "a canonical user",
    guarded({ Principal: { CanonicalUser: "79a5" } }),
    'Invalid principal in policy: "CANONICALUSER":"79a5"',
  ],
  ["no action", guarded({ Action: undefined }), "Missing required field Action"],
  ["a resource that is no ARN", guarded({ Resource: "bucket" }), "Policy has invalid resource"],
];

describe.each([
  ["identity", identityCases],
  ["trust", trustCases],
  ["resource", resourceCases],
] as const)("documents of %s policies", (type, cases) => {
  it.each(cases)("%s", (_, document, message) => {
    expect(messageFor(document, type)).toBe(message);
  });
});

it.each([
  ["colons", policy({ Resource: `arn:${":".repeat(120_000)}` })],
  ["digits", when({ NumericEquals: { "s3:max-keys": `${"1".repeat(120_000)}x` } })],
  ["unclosed variables", policy({ Resource: `arn:aws:s3:::${"${".repeat(60_000)}` })],
  ["a long variable", policy({ Resource: `arn:aws:s3:::\${${" ".repeat(120_000)}` })],
  ["wildcards", policy({ Resource: `arn:aws:s3:::${"*?".repeat(60_000)}` })],
  ["many statements", { Version: version, Statement: Array.from({ length: 2000 }, () => statement()) }],
])("is quick about %s", (_, document) => {
  const started = process.cpuUsage(); // of this process: others may have the processor meanwhile
  messageFor(JSON.stringify(document, null, 1), "identity");
  expect(process.cpuUsage(started).user / 1000).toBeLessThan(1000);
});

it("lists the principals that a policy names", () => {
  const policyWithMany = parsePolicy(
    JSON.stringify(guarded({ Principal: { AWS: ["123456789012", "*"], Service: "a.amazonaws.com" } })),
    "resource",
  );
  expect(principalsOf(policyWithMany)).toEqual([
    { type: "AWS", name: "123456789012" },
    { type: "AWS", name: "*" },
    { type: "Service", name: "a.amazonaws.com" },
  ]);
});
