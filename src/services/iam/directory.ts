import { parseArn } from "../../base/arn.ts";
import { parseScopeKey } from "../../base/scope.ts";
import type { IdentityDirectory, PrincipalPolicies, RoleFacts, UserFacts, UserKey } from "../../identity/directory.ts";
import type { Policy } from "../../identity/policy/policy.ts";
import { PolicyCache } from "../../identity/policy/policy-cache.ts";
import type { Principal, RolePrincipal, SessionFacts, UserPrincipal } from "../../identity/principal.ts";
import type { Change } from "../../store/store.ts";
import { nameInArn } from "./arns.ts";
import { type Held, heldPolicies } from "./held-policies.ts";
import type { Iam } from "./iam.ts";
import { defaultVersionOf, findPolicy } from "./managed-policies.ts";
import { accessId } from "./service-accesses.ts";
import { iamKey, nameKey } from "./store.ts";
import { tagValues } from "../../wire/checks.ts";
import { heldByUser, userKeyOf } from "./user-directory.ts";
import { userById } from "./users.ts";

/** What is known of one account, until something of it changes: then all of it is forgotten. */
interface AccountCache {
  roles: Map<string, Promise<KnownRole | undefined>>;
  users: Map<string, Promise<KnownUser | undefined>>;
  managed: Map<string, Promise<Policy | undefined>>;
}

interface KnownRole {
  facts: RoleFacts;
  policies: PrincipalPolicies;
}

interface KnownUser {
  facts: UserFacts;
  policies: PrincipalPolicies;
}

const COLLECTION_PREFIX = "iam_";
const DENY_ALL = '{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}';
/** Of each kind; beyond it a kind is read anew. Whatever is asked for is remembered, also that it is not there. */
const MAX_ENTRIES = 10_000;

/**
 * Answers from memory who may do what. A change of an account's users, roles or policies makes the account be read
 * anew, entry by entry as it is asked for.
 */
export class Directory implements IdentityDirectory {
  private readonly iam: Iam;
  private readonly documents = new PolicyCache();
  private readonly accounts = new Map<string, AccountCache>();
  private keys = new Map<string, Promise<UserKey | undefined>>();

  constructor(iam: Iam) {
    this.iam = iam;
    iam.store.onChange((change) => this.onChange(change));
  }

  async policiesOf(principal: Principal): Promise<PrincipalPolicies | undefined> {
    switch (principal.type) {
      case "AssumedRole":
        return await this.policiesOfRole(principal);
      case "User":
        return await this.policiesOfUser(principal);
      default:
        return { identity: [], tags: {} };
    }
  }

  async userKey(accessKeyId: string): Promise<UserKey | undefined> {
    return await remembered(this.keys, accessKeyId, () => userKeyOf(this.iam, accessKeyId));
  }

  async user(account: string, userId: string): Promise<UserFacts | undefined> {
    return (await this.knownUser(account, userId))?.facts;
  }

  async role(role: { arn: string } | { account: string; name: string }): Promise<RoleFacts | undefined> {
    if ("name" in role) return (await this.knownRole(role.account, role.name))?.facts;
    const arn = parseArn(role.arn);
    if (!arn) return undefined;
    const facts = (await this.knownRole(arn.account, nameInArn(role.arn)))?.facts;
    return facts?.arn === role.arn ? facts : undefined;
  }

  keyUsed(accessKeyId: string, { service, region, at }: { service: string; region: string; at: number }): void {
    const root = this.iam.rootKey();
    if (accessKeyId === root.accessKeyId)
      return this.iam.lastUses.note(iamKey(root), accessKeyId, { service, region, at: wholeSeconds(at) });
    const key = this.keys.get(accessKeyId);
    whenFound(key, ({ accountId: account, userId }) => {
      const use = { service, region, at: wholeSeconds(at) };
      this.iam.lastUses.note(iamKey({ account }), accessKeyId, use);
      this.iam.lastUses.note(iamKey({ account }), accessId(userId, service), use);
    });
  }

  roleUsed(roleArn: string, { service, region, at }: { service: string; region: string; at: number }): void {
    const account = parseArn(roleArn)?.account ?? "";
    const role = this.accounts.get(account)?.roles.get(nameKey(nameInArn(roleArn)));
    whenFound(role, ({ facts }) => {
      const use = { region, at: wholeSeconds(at) };
      this.iam.lastUses.note(iamKey({ account }), facts.id, use);
      this.iam.lastUses.note(iamKey({ account }), accessId(facts.id, service), use);
    });
  }

  /** Forgets everything. */
  clear(): void {
    this.accounts.clear();
    this.keys = new Map();
  }

  private onChange({ collection, scope }: Change): void {
    if (!collection.startsWith(COLLECTION_PREFIX) || collection === this.iam.records.lastUses.name) return;
    this.accounts.delete(parseScopeKey(scope).account);
    this.keys = new Map();
  }

  private async policiesOfRole(principal: RolePrincipal): Promise<PrincipalPolicies | undefined> {
    const known = await this.knownRole(principal.accountId, principal.roleName);
    if (known?.facts.id !== principal.roleId) return undefined;
    return await this.inSession(principal.accountId, known.policies, principal.session);
  }

  private async policiesOfUser({ accountId, userId, session }: UserPrincipal): Promise<PrincipalPolicies | undefined> {
    const policies = (await this.knownUser(accountId, userId))?.policies;
    return policies && session ? await this.inSession(accountId, policies, session) : policies;
  }

  private async knownUser(account: string, userId: string): Promise<KnownUser | undefined> {
    return await remembered(this.account(account).users, userId, async () => {
      const user = await userById(this.iam, { account }, userId);
      if (!user) return undefined;
      const policies = await this.compile(account, await heldByUser(this.iam, { account }, user));
      return { facts: { arn: user.arn, name: user.name }, policies };
    });
  }

  private async knownRole(account: string, name: string): Promise<KnownRole | undefined> {
    return await remembered(this.account(account).roles, nameKey(name), async () => {
      const role = await this.iam.records.roles.get(iamKey({ account }), nameKey(name));
      if (!role) return undefined;
      const tags = tagValues(role.tags);
      const facts: RoleFacts = {
        arn: role.arn,
        id: role.id,
        name: role.name,
        trustPolicy: this.documents.compiled(role.trustPolicy, "trust"),
        maxSessionDuration: role.maxSessionDuration,
        tags,
      };
      return { facts, policies: await this.compile(account, { holders: [role], boundary: role.boundary, tags }) };
    });
  }

  /** The policies of a session: as they are, narrowed by its own, with its tags over the others. */
  private async inSession(
    account: string,
    policies: PrincipalPolicies,
    { policy, policyArns, tags }: SessionFacts,
  ): Promise<PrincipalPolicies> {
    const tagged = tags ? { ...policies, tags: { ...policies.tags, ...tags } } : policies;
    if (policy === undefined && !policyArns?.length) return tagged;
    const managed = await this.managed(account, policyArns ?? []);
    return {
      ...tagged,
      session: policy === undefined ? managed : [...managed, this.documents.compiled(policy, "identity")],
    };
  }

  private async compile(account: string, held: Held): Promise<PrincipalPolicies> {
    const { documents, arns } = await heldPolicies(this.iam, { account }, held.holders);
    const inline = documents.map((document) => this.documents.compiled(document, "identity"));
    const boundary = held.boundary === undefined ? undefined : await this.managed(account, [held.boundary]);
    return {
      identity: [...inline, ...(await this.managed(account, arns))],
      // A boundary that is not there any more, as of a policy of AWS that a later version does not know, allows nothing.
      ...(boundary ? { boundary: boundary[0] ?? this.documents.compiled(DENY_ALL, "identity") } : {}),
      tags: held.tags,
    };
  }

  /** Managed policies, compiled; those that are gone are left out. */
  private async managed(account: string, arns: readonly string[]): Promise<Policy[]> {
    const cache = this.account(account).managed;
    const read = async (arn: string) => {
      const policy = await findPolicy(this.iam, { account }, arn);
      return policy && this.documents.compiled(defaultVersionOf(policy).document, "identity");
    };
    const found = await Promise.all(arns.map((arn) => remembered(cache, arn, () => read(arn))));
    return found.filter((policy) => policy !== undefined);
  }

  private account(account: string): AccountCache {
    let cache = this.accounts.get(account);
    if (!cache) {
      if (this.accounts.size >= MAX_ENTRIES) this.accounts.clear();
      cache = { roles: new Map(), users: new Map(), managed: new Map() };
      this.accounts.set(account, cache);
    }
    return cache;
  }
}

/** What a map has, or what is read now; failures are not remembered. */
function remembered<T>(map: Map<string, Promise<T>>, key: string, read: () => Promise<T>): Promise<T> {
  const known = map.get(key);
  if (known) return known;
  if (map.size >= MAX_ENTRIES) map.clear();
  const reading = read();
  map.set(key, reading);
  reading.catch(() => map.delete(key));
  return reading;
}

/** Does something with what was looked up before, unless that failed or found nothing. */
function whenFound<T>(lookup: Promise<T | undefined> | undefined, use: (found: T) => void): void {
  lookup?.then(
    (found) => found !== undefined && use(found),
    () => {}, // whoever looked it up has been told
  );
}

function wholeSeconds(ms: number): Date {
  return new Date(Math.floor(ms / 1000) * 1000);
}
