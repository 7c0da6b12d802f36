import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import type { Clock } from "../../../base/clock.ts";
import type { Ids } from "../../../base/ids.ts";
import type { Component } from "../../../base/lifecycle.ts";
import type { Logger } from "../../../base/log.ts";
import { scopeKey, type Scope } from "../../../base/scope.ts";
import type { ComputeBackend } from "../../../compute/backend.ts";
import type { ContainerRecord, TaskRecord } from "../../../tasks/task-record.ts";
import { ExecSession, IDLE_MS } from "./exec-session.ts";
import type { SessionLogs } from "./log-settings.ts";
import type { TaskRoleApi } from "./task-role-api.ts";
import { openTranscripts } from "./transcript.ts";

/** Where Systems Manager has its data channels: `/v1/data-channel/SESSION?role=publish_subscribe`. */
const PATH = /^\/v1\/data-channel\/([\w-]+)(?:\?.*)?$/;
/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html */
export const MAX_SESSIONS_PER_CONTAINER = 1000;
/** Clients send what is typed; nothing of that is long. */
const MAX_MESSAGE_BYTES = 1024 * 1024;

/** What a client needs to join a session. */
export interface SessionAccess {
  sessionId: string;
  streamUrl: string;
  tokenValue: string;
}

export interface SessionRequest {
  task: TaskRecord;
  container: ContainerRecord;
  /** The program and its arguments. */
  command: string[];
  /** `host:port` that the client reaches this engine at. */
  host: string;
  logs: SessionLogs;
}

export interface ExecSessionsParts {
  compute: Pick<ComputeBackend, "execTerminal">;
  /** 20 minutes unless told. */
  idleMs?: number;
  clock: Clock;
  ids: Ids;
  log: Logger;
}

interface Known {
  session: ExecSession;
  /** Whose it is. */
  key: string;
  host: string;
}

/** The sessions of ECS Exec. They are only in memory: a restart of the engine ends them. */
export class ExecSessions implements Component {
  readonly name = "ecs-exec";
  private readonly parts: ExecSessionsParts;
  private readonly server = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES });
  private readonly sessions = new Map<string, Known>();
  private api: TaskRoleApi | undefined;

  constructor(parts: ExecSessionsParts) {
    this.parts = parts;
  }

  /** To be called before any session is made. */
  use(api: TaskRoleApi): void {
    this.api = api;
  }

  start(): void {}

  /** Ends all of them; their clients are told. */
  async stop(): Promise<void> {
    await Promise.all([...this.sessions.values()].map(({ session }) => session.end("")));
  }

  /** How many there are in a container. */
  count(containerId: string): number {
    return this.sessions
      .values()
      .filter(({ session }) => session.containerId === containerId)
      .toArray().length;
  }

  /** Makes one; its program starts when the client has come. */
  create({ task, container, command, host, logs }: SessionRequest): SessionAccess {
    const { compute, idleMs = IDLE_MS, clock, ids } = this.parts;
    const sessionId = `ecs-execute-command-0${ids.hex(16)}`;
    const log = this.parts.log.child({ task: task.taskId, container: container.id });
    const session = new ExecSession({
      sessionId,
      containerId: container.id,
      command,
      transcripts: () => openTranscripts(logs, { sessionId, task, api: this.api!, clock, log }),
      compute,
      idleMs,
      clock,
      log,
    });
    const known = { session, key: scopeKey(task.scope), host };
    this.sessions.set(sessionId, known);
    void session.ended.then(() => this.sessions.delete(sessionId));
    return accessTo(known);
  }

  /** A new token for a session whose client has lost its connection; `undefined` when there is no such session. */
  resume(scope: Scope, sessionId: string): SessionAccess | undefined {
    const known = this.find(scope, sessionId);
    return known && !known.session.isOver ? accessTo(known) : undefined;
  }

  /** Whether there was such a session. */
  async terminate(scope: Scope, sessionId: string): Promise<boolean> {
    const known = this.find(scope, sessionId);
    await known?.session.end("");
    return known !== undefined;
  }

  /** Takes a connection that wants to become a data channel; all others are refused. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const session = this.sessions.get(PATH.exec(request.url ?? "")?.[1] ?? "")?.session;
    if (!session) return void socket.end("HTTP/1.1 404 Not Found\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
    this.server.handleUpgrade(request, socket, head, (client) => session.connected(client));
  }

  private find(scope: Scope, sessionId: string): Known | undefined {
    const known = this.sessions.get(sessionId);
    return known?.key === scopeKey(scope) ? known : undefined;
  }
}

function accessTo({ session, host }: Known): SessionAccess {
  const { sessionId } = session;
  const streamUrl = `ws://${host}/v1/data-channel/${sessionId}?role=publish_subscribe`;
  return { sessionId, streamUrl, tokenValue: session.newToken() };
}
