import { formatArn, parseArn } from "../../base/arn.ts";
import type { Clock } from "../../base/clock.ts";
import type { Ids } from "../../base/ids.ts";
import { scopeKey, type Scope } from "../../base/scope.ts";
import { DuplicateError, type Collection } from "../../store/collection.ts";
import type { Store } from "../../store/store.ts";
import { groupExists, groupNotFound, nameAndIdentifier, neitherNameNorIdentifier } from "./errors.ts";

/** A log group. Its streams and events are in the event log, under its `uid`. */
export interface LogGroup {
  name: string;
  /** Never the same for two groups, also when a name is used again. */
  uid: string;
  /** Milliseconds since 1970. */
  creationTime: number;
  retentionInDays: number | undefined;
  deletionProtectionEnabled: boolean;
  tags: Record<string, string>;
}

/** How requests name a group: by one of the two. */
export interface GroupReference {
  logGroupName?: string | undefined;
  logGroupIdentifier?: string | undefined;
}

const PAGE = 100;

/** The log groups of all accounts and Regions. */
export class LogGroups {
  private readonly collection: Collection<LogGroup, "uid">;
  private readonly clock: Clock;
  private readonly ids: Ids;

  constructor(store: Store, clock: Clock, ids: Ids) {
    this.collection = store.collection<LogGroup, "uid">({
      name: "logs_group",
      columns: { uid: "text" },
      values: (group) => ({ uid: group.uid }),
    });
    this.clock = clock;
    this.ids = ids;
  }

  /** @throws AwsError `ResourceAlreadyExistsException` */
  async create(
    scope: Scope,
    name: string,
    options: { tags?: Record<string, string>; deletionProtectionEnabled?: boolean } = {},
  ): Promise<void> {
    const group: LogGroup = {
      name,
      uid: this.ids.uuid(),
      creationTime: this.clock.now(),
      retentionInDays: undefined,
      deletionProtectionEnabled: options.deletionProtectionEnabled ?? false,
      tags: options.tags ?? {},
    };
    try {
      await this.collection.insert(scopeKey(scope), name, group);
    } catch (cause) {
      throw cause instanceof DuplicateError ? groupExists() : cause;
    }
  }

  async find(scope: Scope, name: string): Promise<LogGroup | undefined> {
    return await this.collection.get(scopeKey(scope), name);
  }

  /** @throws AwsError `ResourceNotFoundException` */
  async require(scope: Scope, name: string): Promise<LogGroup> {
    const group = await this.find(scope, name);
    if (!group) throw groupNotFound();
    return group;
  }

  /**
   * The group that a request names by its name, or by an identifier that is a name or an ARN.
   * @throws AwsError `ResourceNotFoundException`, or `ValidationException` unless exactly one of both is given
   */
  async resolve(scope: Scope, reference: GroupReference): Promise<LogGroup> {
    const { logGroupName, logGroupIdentifier } = reference;
    if (logGroupName !== undefined && logGroupIdentifier !== undefined) throw nameAndIdentifier();
    if (logGroupName === undefined && logGroupIdentifier === undefined) throw neitherNameNorIdentifier();
    const name = logGroupName ?? groupNameOf(scope, logGroupIdentifier!);
    if (name === undefined) throw groupNotFound();
    return await this.require(scope, name);
  }

  /** @throws AwsError `ResourceNotFoundException` */
  async update(scope: Scope, name: string, change: (group: LogGroup) => LogGroup): Promise<LogGroup> {
    const group = await this.collection.update(scopeKey(scope), name, change);
    if (!group) throw groupNotFound();
    return group;
  }

  async delete(scope: Scope, name: string): Promise<void> {
    await this.collection.delete(scopeKey(scope), name);
  }

  /** Up to `limit` groups in the order of their names, behind `after`, that start with and contain what is told. */
  async list(
    scope: Scope,
    options: { prefix?: string; substring?: string; after?: string | undefined; limit: number },
  ): Promise<LogGroup[]> {
    const { prefix = "", substring = "", limit } = options;
    const found: LogGroup[] = [];
    let after = options.after;
    if (after === undefined && prefix) {
      const exact = await this.find(scope, prefix); // listing starts behind this name
      if (exact?.name.includes(substring)) found.push(exact);
    }
    after ??= prefix;
    while (found.length < limit) {
      const page = await this.collection.list(scopeKey(scope), { after, limit: PAGE });
      const inside = page.filter((group) => group.name.startsWith(prefix));
      found.push(...inside.filter((group) => group.name.includes(substring)));
      if (inside.length < PAGE) break;
      after = page.at(-1)!.name;
    }
    return found.slice(0, limit);
  }

  /** Every group of every account and Region: for the controllers of this service. */
  async all(): Promise<LogGroup[]> {
    return (await this.collection.listAll()).map((stored) => stored.document);
  }
}

/** `arn:aws:logs:REGION:ACCOUNT:log-group:NAME`, without the `:*` that some of AWS's answers have. */
export function groupArn(scope: Scope, name: string): string {
  return formatArn("logs", scope, `log-group:${name}`);
}

/** The name that a name or ARN of this account and Region means; `undefined` for any other ARN. */
export function groupNameOf(scope: Scope, identifier: string): string | undefined {
  if (!identifier.startsWith("arn:")) return identifier;
  const arn = parseArn(identifier);
  const [kind, name, rest] = arn?.resource.split(":") ?? [];
  const ours = arn?.service === "logs" && arn.region === scope.region && arn.account === scope.account;
  return ours && kind === "log-group" && (rest === undefined || rest === "*") ? name : undefined;
}
