import type { IncomingMessage, ServerResponse } from "node:http";
import type { RepositoryAddress } from "../records.ts";
import type { Registry } from "../registry.ts";

/** One request for something of a repository, and its answer. */
export interface Exchange {
  registry: Registry;
  request: IncomingMessage;
  response: ServerResponse;
  /** The query of the request's URL. */
  query: URLSearchParams;
  repository: RepositoryAddress;
  /** The last part of the path: a digest, a tag or an upload's id; empty where the path has none. */
  reference: string;
}

/** The body in chunks. Unlike the request itself, it can be left in the middle without losing the connection. */
export function bodyOf(request: IncomingMessage): AsyncIterable<Buffer> {
  return request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
}

/** Answers without a body. */
export function sendEmpty(response: ServerResponse, status: number, headers: Record<string, string | number>): void {
  response.writeHead(status, { "content-length": 0, ...headers }).end();
}

/** Answers with JSON, or for HEAD with its length. */
export function sendJson(
  { request, response }: Pick<Exchange, "request" | "response">,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  const bytes = Buffer.from(JSON.stringify(body));
  const contentType = { "content-type": "application/json; charset=utf-8", "content-length": bytes.length };
  response.writeHead(status, { ...contentType, ...headers });
  response.end(request.method === "HEAD" ? undefined : bytes);
}

/** The path of something of a repository. Relative to the host, so that it holds under any name of it. */
export function repositoryPath(repository: RepositoryAddress, rest: string): string {
  return `/v2/${repository.name}/${rest}`;
}
