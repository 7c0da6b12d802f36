import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { Isolation } from "./base/isolation.ts";
import type { Logger } from "./base/log.ts";
import type { Config } from "./config.ts";
import type { AwsEvent } from "./events/event.ts";
import type { EventStreamOptions } from "./events/event-stream.ts";

export type { AwsEvent, EventStreamOptions };

/** What `neargate status` tells. */
export interface EngineStatus {
  version: string;
  /** The control plane's process. */
  pid: number;
  /** {@link Config.instance} */
  instance: string;
  uptimeSeconds: number;
  /** `http://127.0.0.1:4566` */
  endpoint: string;
  account: string;
  region: string;
  compute: "containerd" | "simulated";
  /** The tier of tasks that are launched now. */
  isolation: Isolation;
  /** Whether new tasks on `runc` have users of their own. */
  userNamespaces: boolean;
  /** Whether the ephemeral storage of new tasks is. */
  storageEncrypted: boolean;
  auth: boolean;
  ephemeral: boolean;
  dataFolder: string;
  /** What seals the secrets of the data folder. */
  masterKey: { provider: "file" | "command" | "pkcs11"; id: string; place: string };
  /** Calls that left no event in the event history yet, as it cannot be written; 0 when it can. */
  unwrittenEvents: number;
  /** CIDR of the addresses that tasks with `assignPublicIp` get. */
  publicPool: string;
  tasks: { running: number; pending: number; stopping: number };
  /** Names of the services that are answered, as in the AWS CLI. */
  services: string[];
}

export interface StopOptions {
  /** Whether tasks run on without the control plane, or are stopped and everything beneath them is ended. */
  tasks: "keep" | "stop";
  /** Told what is being done, one line at a time. */
  onProgress?: (line: string) => void;
}

/** An image to make present. */
export interface PullOptions {
  reference: string;
  signal: AbortSignal;
  onProgress: (progress: PullProgress) => void;
}

/** How far an image is. Sizes are bytes, compressed. */
export interface PullProgress {
  digest: string;
  layers: { digest: string; size: number; received: number; status: string }[];
}

/** Which tasks an operator has replaced, or stopped, for the sake of the machine, and when. */
export interface RetireOptions {
  /** All tasks without it. */
  taskArn?: string | undefined;
  /** After the account's `fargateTaskRetirementWaitPeriod` without it. */
  at?: Date | undefined;
}

/** A task that is to be replaced or stopped. */
export interface Retirement {
  taskArn: string;
  at: Date;
}

/** Which Spot tasks an operator interrupts: those named, or those of a service, or any. */
export interface InterruptOptions {
  /** ARNs or ids. */
  tasks?: string[] | undefined;
  /** An ARN, `CLUSTER/NAME`, or `NAME` in whichever cluster. */
  service?: string | undefined;
  /** How many at most. */
  count?: number | undefined;
  /** When their capacity is taken back. They are told to stop at once. */
  at: Date;
}

/** The root user's access key. */
export interface RootKey {
  accessKeyId: string;
  secretAccessKey: string;
}

/** The control plane as its process sees it. */
export interface Engine {
  /** Adopts what runs already, then answers. */
  start(): Promise<void>;
  /** Lets go of everything. Safe to call when {@link start} failed. */
  stop(options: StopOptions): Promise<void>;
  /** The front door: every request of the one port. */
  listener: (request: IncomingMessage, response: ServerResponse) => void;
  /** Every connection of the one port that is to become another protocol's: the sessions of ECS Exec. */
  upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  /** Ends those sessions: their connections do not end by themselves. */
  endSessions(): Promise<void>;
  status(): Promise<EngineStatus>;
  /** Fetches and unpacks an image, as a task of the engine's account and Region would; returns the manifest's digest. */
  pull(options: PullOptions): Promise<string>;
  /** Schedules the retirement of tasks. */
  retire(options: RetireOptions): Promise<Retirement[]>;
  /** Interrupts tasks on Spot capacity; returns their ARNs. @throws Error when one that is named does not run on it */
  interrupt(options: InterruptOptions): Promise<string[]>;
  /** What happens in it; to follow ends with the signal, or the engine. */
  events(options: EventStreamOptions, signal: AbortSignal): AsyncIterable<AwsEvent>;
  /** Stops every task and empties all state. */
  reset(): Promise<void>;
  readonly rootKey: RootKey;
  /** Puts a new root access key in place of the old one, which is refused from then on. */
  rotateRootKey(): RootKey;
}

/** Builds an engine from its parts; nothing runs before {@link Engine.start}. */
export type Assemble = (config: Config, log: Logger) => Promise<Engine>;
