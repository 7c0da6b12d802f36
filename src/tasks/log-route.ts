import type { Scope } from "../base/scope.ts";
import type { TaskRecord } from "./task-record.ts";

/** Where the output of a container goes, by log driver. */
export type LogTarget = CloudWatchTarget | RouterTarget | SplunkTarget;

export interface CloudWatchTarget {
  driver: "awslogs";
  /** Whose execution role writes; without it the engine itself does. */
  task?: TaskRecord;
  scope: Scope;
  group: string;
  stream: string;
  /** The pattern of the lines that events begin with, in RE2's syntax; without it each line is an event. */
  multilinePattern?: string;
}

/** A FireLens router of the same task, which speaks Fluentd's forward protocol. */
export interface RouterTarget {
  driver: "awsfirelens";
  /** The folder of the host in which the router makes its socket. */
  socketFolder: string;
  tag: string;
  /** As in the events. */
  containerId: string;
  containerName: string;
  /** Fluent Bit says what it has taken when it is asked to; Fluentd's socket never does. */
  acknowledges: boolean;
}

/** Splunk's HTTP Event Collector, with the options of Docker's driver. */
export interface SplunkTarget {
  driver: "splunk";
  url: string;
  token: string;
  host: string;
  source?: string;
  sourcetype?: string;
  index?: string;
  format: "inline" | "json" | "raw";
  /** Empty for none. */
  tag: string;
  attributes: Record<string, string>;
  /** Level 1 to 9, -1 for zlib's own; without it events are sent as they are. */
  gzipLevel?: number;
  skipVerify: boolean;
}

/** One container's output on its way. */
export interface LogRoute {
  /** The container's id; names the source. */
  containerId: string;
  stdoutPath: string;
  stderrPath: string;
  target: LogTarget;
  /** How much output may wait, bytes: older is dropped. Without it, all is kept. */
  maxBufferBytes?: number;
  /** As {@link maxBufferBytes}, lines. */
  maxBufferEvents?: number;
}
