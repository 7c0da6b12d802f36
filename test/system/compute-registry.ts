import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestImage } from "./compute-images.ts";

/** Decides about a request before the registry does; `true` when it has answered. */
export type Interference = (request: IncomingMessage, response: ServerResponse) => boolean | Promise<boolean>;

/** A registry on a loopback port that asks for tokens, counts, and fails as told. */
export class TestRegistry {
  /** `METHOD path` of every request that was let in. */
  readonly requests: string[] = [];
  readonly tokensGiven: string[] = [];
  /** Of blobs that were sent. */
  blobBytes = 0;
  interfere: Interference | undefined;
  /** `user:password`, for registries that want a login. */
  login: string | undefined;
  auth: "none" | "bearer" | "basic" = "bearer";
  /** Whether a token is good after another was given. */
  keepsTokens = false;
  private readonly manifests = new Map<string, { mediaType: string; bytes: Uint8Array; digest: string }>();
  private readonly blobs = new Map<string, Buffer>();
  private readonly server: Server = createServer((request, response) => void this.serve(request, response));

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  get host(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  add(repository: string, tag: string, { manifest, blobs }: TestImage): string {
    this.addManifest(repository, tag, manifest);
    for (const [digest, bytes] of blobs) this.blobs.set(digest, bytes);
    return `${this.host}/${repository}:${tag}`;
  }

  addManifest(repository: string, tag: string, manifest: TestImage["manifest"]): string {
    this.manifests.set(`${repository}/manifests/${tag}`, manifest);
    this.manifests.set(`${repository}/manifests/${manifest.digest}`, manifest);
    return `${this.host}/${repository}:${tag}`;
  }

  setBlob(digest: string, bytes: Buffer): void {
    this.blobs.set(digest, bytes);
  }

  blobRequests(): string[] {
    return this.requests.filter((request) => request.includes("/blobs/"));
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url!, "http://registry");
    if (url.pathname === "/token") return this.giveToken(url, request, response);
    if (!this.isLetIn(request)) return this.challenge(response);
    this.requests.push(`${request.method} ${url.pathname}`);
    if (await this.interfere?.(request, response)) return;
    const path = url.pathname.slice("/v2/".length);
    const manifest = this.manifests.get(path);
    if (manifest) {
      response.writeHead(200, {
        "content-type": manifest.mediaType,
        "content-length": manifest.bytes.byteLength,
        "docker-content-digest": manifest.digest,
      });
      response.end(request.method === "HEAD" ? undefined : manifest.bytes);
      return;
    }
    const blob = this.blobs.get(path.split("/blobs/")[1] ?? "");
    if (blob) return this.sendBlob(blob, request, response);
    response.writeHead(404).end();
  }

  private sendBlob(blob: Buffer, request: IncomingMessage, response: ServerResponse): void {
    const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "") ?? [];
    const bytes = blob.subarray(Number(first ?? 0), last ? Number(last) + 1 : undefined);
    const headers = { "content-length": bytes.byteLength, "content-type": "application/octet-stream" };
    const range = `bytes ${first}-${Number(first) + bytes.byteLength - 1}/${blob.byteLength}`;
    response.writeHead(first ? 206 : 200, first ? { ...headers, "content-range": range } : headers);
    if (request.method === "HEAD") return void response.end();
    this.blobBytes += bytes.byteLength;
    response.end(bytes);
  }

  private isLetIn({ headers: { authorization } }: IncomingMessage): boolean {
    if (this.auth === "none") return true;
    if (this.auth === "basic") return authorization === basic(this.login!);
    const token = authorization?.startsWith("Bearer ") ? authorization.slice("Bearer ".length) : undefined;
    return token !== undefined && (this.keepsTokens ? this.tokensGiven : this.tokensGiven.slice(-1)).includes(token);
  }

  private challenge(response: ServerResponse): void {
    const bearer = `Bearer realm="http://${this.host}/token",service="test",scope="repository:any:pull"`;
    response.writeHead(401, { "www-authenticate": this.auth === "basic" ? 'Basic realm="test"' : bearer }).end();
  }

  private giveToken(url: URL, request: IncomingMessage, response: ServerResponse): void {
    if (url.searchParams.get("service") !== "test" || !url.searchParams.get("scope"))
      return void response.writeHead(400).end();
    if (this.login && request.headers.authorization !== basic(this.login)) return void response.writeHead(401).end();
    this.tokensGiven.push(`token-${this.tokensGiven.length}`);
    response
      .writeHead(200, { "content-type": "application/json" })
      .end(JSON.stringify({ token: this.tokensGiven.at(-1) }));
  }
}

function basic(login: string): string {
  return `Basic ${Buffer.from(login).toString("base64")}`;
}
