import type { ImageTagMutability } from "@aws-sdk/client-ecr";
import { scopeKey, type Scope } from "../base/scope.ts";
import type { Collection } from "../store/collection.ts";
import type { Store } from "../store/store.ts";

/** A repository of one account and Region. */
export interface RepositoryAddress {
  scope: Scope;
  name: string;
}

export interface RepositoryRecord {
  name: string;
  createdAt: Date;
  tagMutability: ImageTagMutability;
  /** Wildcards of the tags that {@link tagMutability} does not hold for. */
  mutabilityExclusions: string[];
  resourceTags: Record<string, string>;
  /** Who else may use it: the text of its policy, as it was given. */
  policy?: string;
}

/** A manifest or an index in a repository; its text is kept apart, see {@link ManifestText}. */
export interface ImageRecord {
  repository: string;
  digest: string;
  mediaType: string;
  /** The artifact's type or the media type of its configuration; an index has none. */
  artifactMediaType?: string;
  annotations?: Record<string, string>;
  /** Length of the manifest, in bytes. */
  manifestSize: number;
  /** Of the image, in bytes: configuration and layers; of an index: its largest image. */
  imageSize: number;
  /** Digests of the configuration and the layers. */
  blobs: string[];
  /** Digests of the images of an index. */
  children: string[];
  /** The digest that this one refers to; not null when it is a referrer. */
  subject: string | null;
  pushedAt: Date;
  lastPulledAt?: Date;
}

export interface ManifestText {
  text: string;
}

export interface TagRecord {
  repository: string;
  tag: string;
  digest: string;
}

/** That a repository has a blob: blobs are kept once for all repositories, but each shows only its own. */
export interface BlobLink {
  repository: string;
  digest: string;
  /** Bytes. */
  size: number;
  /** Pushes that were told that the blob is here and have not brought their manifest yet. */
  pending: number;
  /** When a push was last told, in milliseconds since 1970. */
  touchedAt: number;
}

/** All tables of the registry. */
export interface RegistryCollections {
  repositories: Collection<RepositoryRecord, never>;
  images: Collection<ImageRecord, "repository" | "subject">;
  manifestTexts: Collection<ManifestText, never>;
  tags: Collection<TagRecord, "repository" | "digest">;
  links: Collection<BlobLink, "repository" | "digest">;
}

/** Declares the registry's collections; the store must not be open yet. */
export function registryCollections(store: Store): RegistryCollections {
  return {
    repositories: store.collection({ name: "registry_repository", columns: {}, values: () => ({}) }),
    images: store.collection({
      name: "registry_image",
      columns: { repository: "text", subject: "text" },
      values: ({ repository, subject }: ImageRecord) => ({ repository, subject }),
    }),
    manifestTexts: store.collection({ name: "registry_manifest_text", columns: {}, values: () => ({}) }),
    tags: store.collection({
      name: "registry_tag",
      columns: { repository: "text", digest: "text" },
      values: ({ repository, digest }: TagRecord) => ({ repository, digest }),
    }),
    links: store.collection({
      name: "registry_blob_link",
      columns: { repository: "text", digest: "text" },
      values: ({ repository, digest }: BlobLink) => ({ repository, digest }),
    }),
  };
}

/** The key of an image, its text and a blob link. */
export function digestKey(repository: string, digest: string): string {
  return `${repository}@${digest}`;
}

/** The key of a tag. */
export function tagKey(repository: string, tag: string): string {
  return `${repository}:${tag}`;
}

/** The store's scope of a repository. */
export function storeScope(address: RepositoryAddress): string {
  return scopeKey(address.scope);
}
