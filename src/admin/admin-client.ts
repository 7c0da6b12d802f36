import { request, type IncomingMessage } from "node:http";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { errnoOf } from "../base/errors.ts";
import type {
  AwsEvent,
  EngineStatus,
  EventStreamOptions,
  InterruptOptions,
  PullProgress,
  RetireOptions,
  RootKey,
} from "../engine.ts";
import { engineOfAnother } from "./engine-file.ts";
import { eventsUrl } from "./event-lines.ts";

/** One line of the answer to `POST /stop`. */
export type StopLine = { progress: string } | { done: true } | { error: string };

/** One line of the answer to `POST /pull`. */
export type PullLine = { progress: PullProgress } | { digest: string } | { error: string };

/** The admin socket of an engine. */
export function adminSocket(runFolder: string): string {
  return join(runFolder, "admin.sock");
}

/** No socket, nobody at it, or one who dies before the answer. */
const NO_ENGINE = ["ENOENT", "ENOTDIR", "ECONNREFUSED", "ECONNRESET"];
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

  /**
   * Has the engine fetch an image; going away stops that. Returns the digest of its manifest.
   * @throws Error with the ECS agent's words when it cannot be had
   */
  async pull(reference: string, onProgress: (progress: PullProgress) => void): Promise<string> {
    const response = await this.send("POST", "/pull", JSON.stringify({ reference }));
    for await (const answered of createInterface({ input: response })) {
      const line = JSON.parse(answered) as PullLine;
      if ("progress" in line) onProgress(line.progress);
      else if ("digest" in line) return line.digest;
      else throw new Error(line.error);
    }
    throw new Error("the engine died before the image was there");
  }

  /** Schedules the retirement of one task, or of all. @throws Error with the engine's words */
  async retire(options: RetireOptions): Promise<{ taskArn: string; at: string }[]> {
    const body = JSON.stringify(options);
    const response = await this.send("POST", "/retire", body, AbortSignal.timeout(ANSWER_TIMEOUT_MS));
    const answer = JSON.parse(await text(response)) as { taskArn: string; at: string }[] | { error: string };
    if ("error" in answer) throw new Error(answer.error);
    return answer;
  }

  /** Interrupts Spot tasks; answers their ARNs. @throws Error with the engine's words */
  async interrupt(options: InterruptOptions): Promise<string[]> {
    const body = JSON.stringify(options);
    const response = await this.send("POST", "/interrupt", body, AbortSignal.timeout(ANSWER_TIMEOUT_MS));
    const answer = JSON.parse(await text(response)) as string[] | { error: string };
    if ("error" in answer) throw new Error(answer.error);
    return answer;
  }

  /**
   * The engine's events; those that follow end with the engine.
   * @throws Error with its words, or when it died meanwhile
   */
  async *events(options: EventStreamOptions): AsyncGenerator<AwsEvent> {
    const response = await this.send("GET", eventsUrl(options));
    if (response.statusCode !== 200) throw new Error((JSON.parse(await text(response)) as { error: string }).error);
    try {
      for await (const line of createInterface({ input: response })) yield JSON.parse(line) as AwsEvent;
    } catch (cause) {
      // The connection breaks, perhaps within a line.
      if (!response.complete) throw new Error("the engine died: start it, and go on with --since", { cause });
      throw cause;
    }
  }

  /** Has the engine make another root access key; the old one is refused from then on. @throws Error with its words */
  async rotateRootKey(): Promise<RootKey> {
    const response = await this.send("POST", "/credentials/rotate", undefined, AbortSignal.timeout(ANSWER_TIMEOUT_MS));
    const answer = JSON.parse(await text(response)) as RootKey | { error: string };
    if ("error" in answer) throw new Error(answer.error);
    return answer;
  }

  private async get<T>(path: string): Promise<T | undefined> {
    try {
      const response = await this.send("GET", path, undefined, AbortSignal.timeout(ANSWER_TIMEOUT_MS));
      const body = await text(response);
      if (response.statusCode !== 200) throw new Error(`the engine answered ${response.statusCode}: ${body.trim()}`);
      return JSON.parse(body) as T;
    } catch (cause) {
      const errno = errnoOf(cause);
      if (errno !== undefined && NO_ENGINE.includes(errno)) return undefined;
      if (errno === "EACCES" || errno === "EPERM") throw engineOfAnother(cause);
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
