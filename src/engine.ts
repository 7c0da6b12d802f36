import type { IncomingMessage, ServerResponse } from "node:http";
import type { Isolation } from "./base/isolation.ts";
import type { Logger } from "./base/log.ts";
import type { Config } from "./config.ts";

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
  /** Whether the ephemeral storage of new tasks is. */
  storageEncrypted: boolean;
  auth: boolean;
  ephemeral: boolean;
  dataFolder: string;
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
  taskArn?: string;
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
  status(): Promise<EngineStatus>;
  /** Fetches and unpacks an image, as a task of the engine's account and Region would; returns the manifest's digest. */
  pull(options: PullOptions): Promise<string>;
  /** Schedules the retirement of tasks; returns their ARNs. */
  retire(options: RetireOptions): Promise<string[]>;
  /** Stops every task and empties all state. */
  reset(): Promise<void>;
  rootKey: RootKey;
}

/** Builds an engine from its parts; nothing runs before {@link Engine.start}. */
export type Assemble = (config: Config, log: Logger) => Promise<Engine>;
