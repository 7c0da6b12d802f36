import type { ResourcePolicy } from "@aws-sdk/client-cloudwatch-logs";
import { scopeKey, type Scope } from "../../base/scope.ts";
import { parsePolicy, type Policy } from "../../identity/policy/policy.ts";
import type { Collection } from "../../store/collection.ts";
import type { Store } from "../../store/store.ts";
import { tooManyResourcePolicies } from "./errors.ts";

interface ResourcePolicyRecord {
  name: string;
  document: string;
  /** Milliseconds since 1970. */
  lastUpdatedTime: number;
}

const TABLE = "logs_resource_policy";
/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html: of an account in a Region. */
const MAX_POLICIES = 10;

/** The policies of an account on its log groups: whom they let in beside those whom IAM does. */
export class ResourcePolicies {
  private readonly store: Store;
  private readonly collection: Collection<ResourcePolicyRecord, never>;
  /** What {@link policyFor} answered, by scope, until something changes: every request asks. */
  private readonly compiled = new Map<string, Policy | undefined>();
  private changes = 0;

  constructor(store: Store) {
    this.store = store;
    this.collection = store.collection({ name: TABLE, columns: {}, values: () => ({}) });
    store.onChange(({ collection }) => {
      if (collection === TABLE) this.forget();
    });
  }

  /** When the store was emptied. */
  forget(): void {
    this.changes++;
    this.compiled.clear();
  }

  /** By name, behind `after`. */
  async list(scope: Scope, options: { after?: string; limit?: number } = {}): Promise<ResourcePolicy[]> {
    const found = await this.collection.list(scopeKey(scope), options);
    return found.map(view);
  }

  /** @param document checked already @throws AwsError `LimitExceededException` */
  async put(scope: Scope, name: string, document: string, now: number): Promise<ResourcePolicy> {
    const record = { name, document, lastUpdatedTime: now };
    await this.store.transaction(async () => {
      const key = scopeKey(scope);
      const known = await this.collection.get(key, name);
      if (!known && (await this.collection.count(key)) >= MAX_POLICIES) throw tooManyResourcePolicies();
      await this.collection.put(key, name, record);
    });
    return view(record);
  }

  /** @returns whether there was one */
  async delete(scope: Scope, name: string): Promise<boolean> {
    return await this.collection.delete(scopeKey(scope), name);
  }

  /** All of them as one; `undefined` when there are none. */
  async policyFor(scope: Scope): Promise<Policy | undefined> {
    const key = scopeKey(scope);
    if (this.compiled.has(key)) return this.compiled.get(key);
    const before = this.changes;
    const policy = together(await this.collection.list(key));
    if (before === this.changes) this.compiled.set(key, policy);
    return policy;
  }
}

/** Each is read for itself: names of statements and the version of the language are a document's own. */
function together(records: readonly ResourcePolicyRecord[]): Policy | undefined {
  const policies = records.map(({ document }) => parsePolicy(document, "resource"));
  const [first] = policies;
  return first && { ...first, statements: policies.flatMap(({ statements }) => statements) };
}

function view({ name, document, lastUpdatedTime }: ResourcePolicyRecord): ResourcePolicy {
  return { policyName: name, policyDocument: document, policyScope: "ACCOUNT", lastUpdatedTime };
}
