import type { Clock } from "../../../base/clock.ts";
import type { ImageReference } from "../../../registry/reference.ts";
import { formatImageReference } from "../../../registry/reference.ts";
import type { RegistryLogin } from "../../backend.ts";
import { ACCEPTED_MANIFESTS, MAX_MANIFEST_BYTES, type Descriptor } from "./manifest.ts";
import { notFoundMessage, type ImageOrigin } from "./origin.ts";
import { accessDenied, authorize, isLoopback, readAtMost } from "./registry-auth.ts";
import { networkError, RegistryError, statusError } from "./registry-error.ts";
import { AttemptsError, MAX_ATTEMPTS, retryDelayMs } from "./registry-retry.ts";

/** The ECS agent's: https://github.com/aws/amazon-ecs-agent/blob/master/agent/dockerclient/dockerapi/docker_client.go */
const INACTIVITY_MS = 60_000;

export interface RemoteOriginOptions {
  reference: ImageReference;
  login?: RegistryLogin;
  clock: Clock;
  /** How long a registry may be silent; 60 s unless told. */
  inactivityMs?: number;
}

/**
 * A repository behind the OCI distribution API. Registries on loopback addresses may speak plain HTTP, all others must
 * not. https://github.com/opencontainers/distribution-spec/blob/main/spec.md
 */
export class RemoteOrigin implements ImageOrigin {
  readonly reference: string;
  readonly openAt: string | undefined;
  private readonly repository: string;
  private readonly host: string;
  private readonly login: RegistryLogin | undefined;
  private readonly clock: Clock;
  private readonly inactivityMs: number;
  /** Loopback registries are tried with TLS first. */
  private scheme: "https" | "http" = "https";
  private schemeKnown: boolean;
  private authorization: string | undefined;

  constructor({ reference, login, clock, inactivityMs = INACTIVITY_MS }: RemoteOriginOptions) {
    this.reference = formatImageReference(reference);
    this.repository = reference.repository;
    this.host = reference.registry === "docker.io" ? "registry-1.docker.io" : reference.registry;
    this.login = login;
    this.openAt = login ? undefined : `${reference.registry}/${reference.repository}`;
    this.clock = clock;
    this.inactivityMs = inactivityMs;
    this.schemeKnown = !isLoopback(this.host);
  }

  async head(tagOrDigest: string, signal: AbortSignal): Promise<string | undefined> {
    const response = await this.requestManifest("HEAD", tagOrDigest, signal);
    await response.body?.cancel();
    return response.headers.get("docker-content-digest") ?? undefined;
  }

  async manifest(tagOrDigest: string, signal: AbortSignal): Promise<{ mediaType: string; bytes: Uint8Array }> {
    const response = await this.requestManifest("GET", tagOrDigest, signal);
    const bytes = await readAtMost(response, MAX_MANIFEST_BYTES);
    return { bytes, mediaType: (response.headers.get("content-type") ?? "").split(";")[0]!.trim() };
  }

  private async requestManifest(method: "HEAD" | "GET", tagOrDigest: string, signal: AbortSignal): Promise<Response> {
    const limited = AbortSignal.any([signal, AbortSignal.timeout(this.inactivityMs)]);
    const path = `manifests/${tagOrDigest}`;
    const response = await this.request(method, path, { accept: ACCEPTED_MANIFESTS }, limited).catch(
      (cause: unknown) => {
        throw limited.aborted && !signal.aborted ? this.inactive(method, path) : cause;
      },
    );
    if (response.ok) return response;
    await response.body?.cancel();
    if (response.status === 404) throw new RegistryError(notFoundMessage(this.reference), false);
    if (response.status === 401) throw accessDenied();
    throw statusError(
      response,
      `unexpected status from ${method} request to ${this.url(path)}: ${response.status} ${response.statusText}`,
    );
  }

  /** After a failure it goes on where it was; only attempts that brought nothing count against the limit. */
  async *blob(descriptor: Descriptor, signal: AbortSignal, offset = 0): AsyncIterable<Uint8Array> {
    let received = offset;
    for (let attempt = 1; received < descriptor.size || attempt === 1; attempt++) {
      try {
        for await (const chunk of this.blobFrom(descriptor, received, signal)) {
          received += chunk.byteLength;
          attempt = 1;
          yield chunk;
        }
        if (received >= descriptor.size) return;
        throw new RegistryError("failed to copy: unexpected EOF", true);
      } catch (cause) {
        if (signal.aborted) throw cause;
        if (!(cause instanceof RegistryError && cause.retryable) || attempt >= MAX_ATTEMPTS)
          throw new AttemptsError(attempt, cause);
        await this.clock.sleep(retryDelayMs(attempt, cause), signal);
      }
    }
  }

  private async *blobFrom({ digest }: Descriptor, offset: number, signal: AbortSignal): AsyncIterable<Uint8Array> {
    const path = `blobs/${digest}`;
    const idle = new IdleTimer(this.inactivityMs);
    const limited = AbortSignal.any([signal, idle.signal]);
    const headers: Record<string, string> = { "accept-encoding": "identity" };
    if (offset > 0) headers["range"] = `bytes=${offset}-`;
    try {
      const response = await this.request("GET", path, headers, limited);
      if (!response.ok) {
        await response.body?.cancel();
        const status = `unexpected status code ${this.url(path)}: ${response.status} ${response.statusText}`;
        throw statusError(response, `failed to copy: httpReaderSeeker: failed open: ${status}`);
      }
      let skip = response.status === 206 ? 0 : offset;
      for await (const chunk of response.body ?? []) {
        idle.restart();
        if (skip >= chunk.byteLength) skip -= chunk.byteLength;
        else {
          yield skip > 0 ? chunk.subarray(skip) : chunk;
          skip = 0;
        }
      }
    } catch (cause) {
      if (idle.signal.aborted && !signal.aborted) throw this.inactive("GET", path);
      throw cause instanceof RegistryError || signal.aborted ? cause : networkError(cause, "GET", this.url(path));
    } finally {
      idle.stop();
    }
  }

  /** Sends a request, and again with an authorization when the registry asks for one (or for a new one). */
  private async request(
    method: string,
    path: string,
    headers: Record<string, string>,
    signal: AbortSignal,
  ): Promise<Response> {
    const response = await this.send(method, path, headers, signal);
    const challenge = response.headers.get("www-authenticate");
    if (response.status !== 401 || challenge === null) return response;
    await response.body?.cancel();
    this.authorization = await authorize(challenge, {
      secure: this.scheme === "https",
      scope: `repository:${this.repository}:pull`,
      login: this.login,
      signal,
    });
    return this.send(method, path, headers, signal);
  }

  private async send(
    method: string,
    path: string,
    headers: Record<string, string>,
    signal: AbortSignal,
  ): Promise<Response> {
    const withAuthorization = this.authorization ? { ...headers, authorization: this.authorization } : headers;
    try {
      const response = await fetch(this.url(path), { method, headers: withAuthorization, signal });
      this.schemeKnown = true;
      return response;
    } catch (cause) {
      if (signal.aborted) throw cause;
      if (this.schemeKnown) throw networkError(cause, method, this.url(path));
      this.scheme = "http";
      this.schemeKnown = true;
      return this.send(method, path, headers, signal);
    }
  }

  private url(path: string): string {
    return `${this.scheme}://${this.host}/v2/${this.repository}/${path}`;
  }

  private inactive(method: string, path: string): RegistryError {
    const request = `${method[0]}${method.slice(1).toLowerCase()} "${this.url(path)}"`;
    return new RegistryError(
      `failed to do request: ${request}: i/o timeout: no data for ${this.inactivityMs / 1000}s`,
      true,
    );
  }
}

/** Aborts when it is not restarted in time. */
class IdleTimer {
  private readonly controller = new AbortController();
  private readonly timer: NodeJS.Timeout;

  constructor(ms: number) {
    this.timer = setTimeout(() => this.controller.abort(), ms);
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  restart(): void {
    this.timer.refresh();
  }

  stop(): void {
    clearTimeout(this.timer);
  }
}
