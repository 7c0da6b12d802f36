import type { ConditionValues, TagValues } from "../authorization.ts";
import type { Caller } from "../caller.ts";
import type { SessionFacts } from "../principal.ts";
import type { KeyValues } from "./key-values.ts";
import { KNOWN_PROVIDERS, type Subject } from "./subject.ts";

/** What is known of a request beside its action and resource. */
export interface RequestFacts {
  subject: Subject;
  environment: Omit<Caller, "principal">;
  /** The prefix of the action: `ecs`. */
  service: string;
  principalTags: TagValues;
  requestTags: TagValues | undefined;
  resourceTags: TagValues | undefined;
  resourceAccount: string | undefined;
  /** The services' own keys; the earlier go first. */
  conditions: readonly (ConditionValues | undefined)[];
}

type Value = string | readonly string[] | undefined;

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html */
const GLOBAL_KEYS: ReadonlyMap<string, (facts: RequestFacts) => Value> = new Map<
  string,
  (facts: RequestFacts) => Value
>([
  ["aws:principalarn", ({ subject }) => principalArn(subject)],
  [
    "aws:principalaccount",
    ({ subject }) => ("accountId" in subject && isSigned(subject) ? subject.accountId : undefined),
  ],
  ["aws:principaltype", ({ subject }) => principalType(subject)],
  ["aws:principalisawsservice", ({ subject }) => String(subject.type === "Service")],
  ["aws:principalservicename", ({ subject }) => (subject.type === "Service" ? subject.name : undefined)],
  ["aws:principalservicenameslist", ({ subject }) => (subject.type === "Service" ? [subject.name] : undefined)],
  ["aws:userid", ({ subject }) => ("userId" in subject ? subject.userId : undefined)],
  ["aws:username", ({ subject }) => (subject.type === "User" ? subject.userName : undefined)],
  ["aws:federatedprovider", ({ subject }) => federatedProvider(subject)],
  ["aws:sourceidentity", ({ subject }) => sessionOf(subject)?.sourceIdentity],
  ["aws:tokenissuetime", ({ subject }) => isoTime(sessionOf(subject)?.issuedAt)],
  // Keys of users and the root have no such key; sessions always do, and none of ours is made with a second factor.
  ["aws:multifactorauthpresent", ({ subject }) => (sessionOf(subject) ? "false" : undefined)],
  [
    "aws:sourceip",
    ({ environment }) => (placeOf(environment).vpc?.endpointId ? undefined : placeOf(environment).sourceIp),
  ],
  ["aws:sourcevpc", ({ environment }) => placeOf(environment).vpc?.vpcId],
  ["aws:sourcevpce", ({ environment }) => placeOf(environment).vpc?.endpointId],
  ["aws:vpcsourceip", ({ environment }) => placeOf(environment).vpc?.privateIp],
  ["aws:useragent", ({ environment }) => environment.userAgent],
  ["aws:securetransport", ({ environment }) => String(environment.secureTransport)],
  ["aws:currenttime", ({ environment }) => isoTime(environment.at)],
  ["aws:epochtime", ({ environment }) => String(Math.floor(environment.at / 1000))],
  // IAM has one place for all Regions.
  ["aws:requestedregion", ({ environment, service }) => (service === "iam" ? "us-east-1" : environment.region)],
  ["aws:calledvia", ({ environment: { calledVia } }) => calledVia && [calledVia]],
  ["aws:calledviafirst", ({ environment }) => environment.calledVia],
  ["aws:calledvialast", ({ environment }) => environment.calledVia],
  ["aws:viaawsservice", ({ environment }) => String(environment.calledVia !== undefined)],
  ["aws:resourceaccount", ({ resourceAccount }) => resourceAccount],
  ["aws:tagkeys", ({ requestTags }) => requestTags && Object.keys(requestTags)],
]);

/** The condition keys of a request. Each is found out when it is asked for, and no earlier. */
export class RequestKeys implements KeyValues {
  private readonly facts: RequestFacts;
  /** The services' keys in lower case, made when the first is asked for. */
  private own: Map<string, string | readonly string[]> | undefined;

  constructor(facts: RequestFacts) {
    this.facts = facts;
  }

  get(key: string): readonly string[] | undefined {
    const value =
      this.ownKeys().get(key) ?? GLOBAL_KEYS.get(key)?.(this.facts) ?? this.tag(key) ?? this.webIdentity(key);
    return typeof value === "string" ? [value] : value;
  }

  private ownKeys(): Map<string, string | readonly string[]> {
    if (this.own) return this.own;
    this.own = new Map();
    for (const conditions of this.facts.conditions.toReversed())
      for (const [key, value] of Object.entries(conditions ?? {})) this.own.set(key.toLowerCase(), value);
    return this.own;
  }

  /** `aws:PrincipalTag/…` and its like; services have their own names for tags of their resources, such as `ecs:ResourceTag/…`. */
  private tag(key: string): string | undefined {
    const slash = key.indexOf("/");
    if (slash < 0) return undefined;
    const [prefix, name] = [key.slice(0, slash), key.slice(slash + 1)];
    const { principalTags, requestTags, resourceTags, service } = this.facts;
    if (prefix === "aws:principaltag") return tagOf(principalTags, name);
    if (prefix === "aws:requesttag") return tagOf(requestTags, name);
    if (prefix === "s3:existingobjecttag") return tagOf(resourceTags, name);
    if (prefix === "aws:resourcetag" || prefix === `${service}:resourcetag`) return tagOf(resourceTags, name);
    return undefined;
  }

  /** `HOST:sub` and `HOST:aud` of whom an identity provider vouched for when the session was made. */
  private webIdentity(key: string): string | undefined {
    const identity = sessionOf(this.facts.subject)?.webIdentity;
    if (!identity) return undefined;
    const provider = identity.provider.toLowerCase();
    if (key === `${provider}:sub`) return identity.subject;
    return key === `${provider}:aud` ? identity.audience : undefined;
  }
}

/** Where a request comes from; when a service passes it on, it does not come from the client's network. */
function placeOf({ sourceIp, vpc, calledVia }: RequestFacts["environment"]): Pick<Caller, "sourceIp" | "vpc"> {
  return calledVia === undefined ? { sourceIp, vpc } : {};
}

/** @param name in lower case: keys of tags in condition keys ignore case */
function tagOf(tags: TagValues | undefined, name: string): string | undefined {
  for (const key in tags) if (key.toLowerCase() === name) return tags[key];
  return undefined;
}

function isSigned({ type }: Subject): boolean {
  return type !== "Anonymous";
}

function sessionOf(subject: Subject): SessionFacts | undefined {
  return "session" in subject ? subject.session : undefined;
}

function principalArn(subject: Subject): string | undefined {
  if (subject.type === "AssumedRole") return subject.roleArn;
  return subject.type === "User" || subject.type === "Root" ? subject.arn : undefined;
}

function principalType(subject: Subject): string | undefined {
  if (subject.type === "Root") return "Account";
  if (subject.type === "Service") return "AWSService";
  return subject.type === "Federated" ? "FederatedUser" : subject.type;
}

function federatedProvider(subject: Subject): string | undefined {
  if (subject.type === "Federated") return subject.provider;
  const provider = sessionOf(subject)?.webIdentity?.provider;
  if (provider === undefined || KNOWN_PROVIDERS.has(provider) || !("accountId" in subject)) return provider;
  return `arn:aws:iam::${subject.accountId}:oidc-provider/${provider}`;
}

/** `2015-08-16T12:00:00Z` */
function isoTime(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : new Date(ms).toISOString().replace(/\.\d{3}/, "");
}
