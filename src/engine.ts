import type { IncomingMessage, ServerResponse } from "node:http";
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
  /** Stops every task and empties all state. */
  reset(): Promise<void>;
  rootKey: RootKey;
}

/** Builds an engine from its parts; nothing runs before {@link Engine.start}. */
export type Assemble = (config: Config, log: Logger) => Promise<Engine>;
