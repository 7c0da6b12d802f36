import { request, type IncomingMessage } from "node:http";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { errnoOf } from "../base/errors.ts";
import type { EngineStatus, RootKey } from "../engine.ts";

/** One line of the answer to `POST /stop`. */
export type StopLine = { progress: string } | { done: true } | { error: string };

/** The admin socket of an engine. */
export function adminSocket(runFolder: string): string {
  return join(runFolder, "admin.sock");
}

/** An engine that lives answers at once. */
const ANSWER_TIMEOUT_MS = 10_000;

/** Talks to a running engine. */
export class AdminClient {
  private readonly socketPath: string;

  constructor(runFolder: string) {
    this.socketPath = adminSocket(runFolder);
  }

  /** `undefined` when no engine runs. @throws Error when this user may not ask. */
  status(): Promise<EngineStatus | undefined> {
    return this.get<EngineStatus>("/status");
  }

  /** `undefined` when no engine runs. @throws Error when this user may not ask. */
  credentials(): Promise<RootKey | undefined> {
    return this.get<RootKey>("/credentials");
  }

  /**
   * Stops the engine and resolves when its process has ended.
   * @throws Error when it could not stop cleanly
   */
  async stop(tasks: "keep" | "stop", onProgress: (line: string) => void): Promise<void> {
    const response = await this.send("POST", "/stop", JSON.stringify({ tasks }));
    let last: StopLine | undefined;
    try {
      for await (const line of createInterface({ input: response })) {
        last = JSON.parse(line) as StopLine;
        if ("progress" in last) onProgress(last.progress);
      }
    } catch (cause) {
      // The engine does not end its answer: the connection breaks when its process is gone.
      if (errnoOf(cause) !== "ECONNRESET") throw cause;
    }
    if (!last || !("done" in last))
      throw new Error(last && "error" in last ? last.error : "the engine died before it had stopped");
  }

  private async get<T>(path: string): Promise<T | undefined> {
    try {
      const response = await this.send("GET", path, undefined, AbortSignal.timeout(ANSWER_TIMEOUT_MS));
      const body = await text(response);
      if (response.statusCode !== 200) throw new Error(`the engine answered ${response.statusCode}: ${body.trim()}`);
      return JSON.parse(body) as T;
    } catch (cause) {
      const errno = errnoOf(cause);
      if (errno === "ENOENT" || errno === "ECONNREFUSED" || errno === "ENOTDIR") return undefined;
      if (errno === "EACCES" || errno === "EPERM")
        throw new Error("the engine belongs to another user: run this command as that user, or with sudo", { cause });
      if (cause instanceof Error && cause.name === "AbortError")
        throw new Error("the engine runs, but does not answer: see its log", { cause });
      throw cause;
    }
  }

  private send(method: string, path: string, body?: string, signal?: AbortSignal): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const sent = request({ socketPath: this.socketPath, method, path, agent: false, signal }, resolve);
      sent.once("error", reject);
      sent.end(body);
    });
  }
}
