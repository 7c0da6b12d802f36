import type { ImageTagMutability } from "@aws-sdk/client-ecr";
import type { Clock } from "../base/clock.ts";
import { parseScopeKey, scopeKey, type Scope } from "../base/scope.ts";
import { DuplicateError } from "../store/collection.ts";
import type { Store } from "../store/store.ts";
import { repositoryAlreadyExists, repositoryNotEmpty, repositoryNotFound } from "./errors.ts";
import {
  digestKey,
  storeScope,
  tagKey,
  type RegistryCollections,
  type RepositoryAddress,
  type RepositoryRecord,
} from "./records.ts";

/** What is chosen for a repository when it is made. */
export type RepositorySettings = Omit<RepositoryRecord, "name" | "createdAt">;

/** The repositories of all scopes. */
export class Repositories {
  private readonly store: Store;
  private readonly collections: RegistryCollections;
  private readonly clock: Clock;

  constructor(store: Store, collections: RegistryCollections, clock: Clock) {
    this.store = store;
    this.collections = collections;
    this.clock = clock;
  }

  /** @throws AwsError `RepositoryAlreadyExistsException` */
  async create(address: RepositoryAddress, settings: RepositorySettings): Promise<RepositoryRecord> {
    const createdAt = new Date(this.clock.now());
    const repository: RepositoryRecord = { name: address.name, createdAt, ...settings };
    try {
      await this.collections.repositories.insert(storeScope(address), address.name, repository);
    } catch (cause) {
      throw cause instanceof DuplicateError ? repositoryAlreadyExists(address) : cause;
    }
    return repository;
  }

  async find(address: RepositoryAddress): Promise<RepositoryRecord | undefined> {
    return await this.collections.repositories.get(storeScope(address), address.name);
  }

  /** @throws AwsError `RepositoryNotFoundException` */
  async get(address: RepositoryAddress): Promise<RepositoryRecord> {
    const repository = await this.find(address);
    if (!repository) throw repositoryNotFound(address);
    return repository;
  }

  /**
   * Whose repository of that name is meant where nobody says: the preferred scope's, or that of another account or Region
   * which has one.
   */
  async holderOf(name: string, preferred: Scope): Promise<Scope> {
    if (await this.collections.repositories.get(scopeKey(preferred), name)) return preferred;
    const all = await this.collections.repositories.listAll();
    const other = all.find(({ id }) => id === name);
    return other ? parseScopeKey(other.scope) : preferred;
  }

  /** By name, behind `after`. */
  async list(scope: Scope, options: { after?: string; limit?: number } = {}): Promise<RepositoryRecord[]> {
    return await this.collections.repositories.list(scopeKey(scope), options);
  }

  /** @throws AwsError `RepositoryNotFoundException` */
  async update(
    address: RepositoryAddress,
    change: (repository: RepositoryRecord) => Partial<RepositorySettings>,
  ): Promise<RepositoryRecord> {
    const changed = await this.collections.repositories.update(storeScope(address), address.name, (repository) => ({
      ...repository,
      ...change(repository),
    }));
    if (!changed) throw repositoryNotFound(address);
    return changed;
  }

  /**
   * Removes a repository with all it holds.
   * @returns what it was, and the blobs that it showed
   * @throws AwsError `RepositoryNotFoundException`, `RepositoryNotEmptyException` unless `force`
   */
  async delete(
    address: RepositoryAddress,
    force: boolean,
  ): Promise<{ repository: RepositoryRecord; unlinked: string[] }> {
    const scope = storeScope(address);
    const { repositories, images, manifestTexts, tags, links } = this.collections;
    const where = { repository: address.name };
    return await this.store.transaction(async () => {
      const repository = await this.get(address);
      const held = await images.list(scope, { where });
      if (held.length && !force) throw repositoryNotEmpty(address);
      for (const { tag } of await tags.list(scope, { where })) await tags.delete(scope, tagKey(address.name, tag));
      for (const { digest } of held) {
        await images.delete(scope, digestKey(address.name, digest));
        await manifestTexts.delete(scope, digestKey(address.name, digest));
      }
      const unlinked = (await links.list(scope, { where })).map((link) => link.digest);
      for (const digest of unlinked) await links.delete(scope, digestKey(address.name, digest));
      await repositories.delete(scope, address.name);
      return { repository, unlinked };
    });
  }
}

/** Whether the tag, once set, stays at its image. */
export function isImmutable(repository: RepositoryRecord, tag: string): boolean {
  const excluded = repository.mutabilityExclusions.some((wildcard) => matchesWildcard(wildcard, tag));
  return repository.tagMutability.startsWith("IMMUTABLE" satisfies ImageTagMutability) !== excluded;
}

/** `*` stands for any text, also none. */
function matchesWildcard(wildcard: string, text: string): boolean {
  const pattern = wildcard.split("*").map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`));
  return new RegExp(`^${pattern.join(".*")}$`).test(text);
}
