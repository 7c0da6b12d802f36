import type { Scope } from "../base/scope.ts";

/** A container image reference in full, after Docker's normalization. */
export interface ImageReference {
  /** Host, with port if one was given: `docker.io`, `localhost:4566`, `[::1]:4566`. */
  registry: string;
  /** Without the registry: `library/nginx`. */
  repository: string;
  /** `latest` when neither a tag nor a digest was given. */
  tag?: string;
  /** `sha256:…`; it decides when there is a tag too. */
  digest?: string;
}

/** A reference that is not one; the message is Docker's. */
export class InvalidReferenceError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "InvalidReferenceError";
  }
}

// The grammar of github.com/distribution/reference.
const HOST =
  /^(?:(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?\.)*[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?|\[[a-fA-F0-9:]+\])(?::[0-9]+)?$/;
const PATH = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /^[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}$/;
const IDENTIFIER = /^[a-f0-9]{64}$/;
const MAX_NAME_LENGTH = 255;

const PRIVATE_REGISTRY =
  /^(\d{12})\.(?:dkr\.ecr(?:-fips)?\.([a-z0-9-]+)\.(?:amazonaws\.com(?:\.cn)?|localhost:(\d+))|dkr-ecr(?:-fips)?\.([a-z0-9-]+)\.on\.(?:aws|amazonwebservices\.com\.cn))$/;
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\]):(\d+)$/;

/**
 * Reads an image reference as Docker does: `nginx` is `docker.io/library/nginx:latest`.
 * https://pkg.go.dev/github.com/distribution/reference#ParseNormalizedNamed
 * @throws InvalidReferenceError
 */
export function parseImageReference(text: string): ImageReference {
  if (!text) throw new InvalidReferenceError("repository name must have at least one component");
  if (IDENTIFIER.test(text))
    throw new InvalidReferenceError(`invalid repository name (${text}), cannot specify 64-byte hexadecimal strings`);
  const { name, tag, digest } = splitSuffixes(text);
  const { registry, repository } = splitRegistry(name);
  if (repository !== repository.toLowerCase())
    throw new InvalidReferenceError(`invalid reference format: repository name (${repository}) must be lowercase`);
  if (!HOST.test(registry) || !PATH.test(repository)) throw new InvalidReferenceError("invalid reference format");
  if (`${registry}/${repository}`.length > MAX_NAME_LENGTH)
    throw new InvalidReferenceError(`repository name must not be more than ${MAX_NAME_LENGTH} characters`);
  if (digest !== undefined)
    return tag === undefined ? { registry, repository, digest } : { registry, repository, tag, digest };
  return { registry, repository, tag: tag ?? "latest" };
}

/** The reference in full: `docker.io/library/nginx:latest`. */
export function formatImageReference(reference: ImageReference): string {
  const tag = reference.tag === undefined ? "" : `:${reference.tag}`;
  const digest = reference.digest === undefined ? "" : `@${reference.digest}`;
  return `${reference.registry}/${reference.repository}${tag}${digest}`;
}

/** Whether the text may be the name of a repository: lower-case path components with single separators. */
export function isRepositoryName(text: string): boolean {
  return PATH.test(text) && text.length <= MAX_NAME_LENGTH;
}

/** Where an image lies in the embedded registry. */
export interface EmbeddedReference {
  scope: Scope;
  repository: string;
}

/**
 * Whether a reference means the embedded registry, and which repository there. It does when its registry is this
 * engine's port on a loopback address (then the scope is the asking one's), or has the name of an Amazon ECR private
 * registry, which carries account and Region: task definitions written for AWS find their images here.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html
 */
export function embeddedReference(
  reference: ImageReference,
  engine: { port: number; scope: Scope },
): EmbeddedReference | undefined {
  const { registry, repository } = reference;
  const loopback = LOOPBACK.exec(registry);
  if (loopback) return Number(loopback[1]) === engine.port ? { scope: engine.scope, repository } : undefined;
  const host = parseRegistryHost(registry);
  if (!host || (host.port !== undefined && host.port !== engine.port)) return undefined;
  return { scope: host.scope, repository };
}

/**
 * The account and Region in the host name of an ECR private registry: `ACCOUNT.dkr.ecr.REGION.amazonaws.com`, its FIPS,
 * China and dual-stack forms, and `ACCOUNT.dkr.ecr.REGION.localhost:PORT`, which names a scope on this machine.
 */
export function parseRegistryHost(host: string): { scope: Scope; port?: number } | undefined {
  const match = PRIVATE_REGISTRY.exec(host);
  if (!match) return undefined;
  const [, account, region, port, dualStackRegion] = match;
  const scope = { account: account!, region: (region ?? dualStackRegion)! };
  return port === undefined ? { scope } : { scope, port: Number(port) };
}

function splitSuffixes(text: string): { name: string; tag?: string; digest?: string } {
  const at = text.indexOf("@");
  const digest = at < 0 ? undefined : text.slice(at + 1);
  let name = at < 0 ? text : text.slice(0, at);
  const colon = name.lastIndexOf(":");
  const tag = colon > name.lastIndexOf("/") ? name.slice(colon + 1) : undefined;
  if (tag !== undefined) name = name.slice(0, colon);
  if ((digest !== undefined && !DIGEST.test(digest)) || (tag !== undefined && !TAG.test(tag)))
    throw new InvalidReferenceError("invalid reference format");
  return { name, tag, digest };
}

/** The first component is a registry when it looks like a host: a dot, a colon, `localhost`, or capitals. */
function splitRegistry(name: string): { registry: string; repository: string } {
  const slash = name.indexOf("/");
  const first = slash < 0 ? "" : name.slice(0, slash);
  const isHost = /[.:]/.test(first) || first === "localhost" || first !== first.toLowerCase();
  const registry = !isHost || first === "index.docker.io" ? "docker.io" : first;
  const repository = isHost ? name.slice(slash + 1) : name;
  return {
    registry,
    repository: registry === "docker.io" && !repository.includes("/") ? `library/${repository}` : repository,
  };
}
