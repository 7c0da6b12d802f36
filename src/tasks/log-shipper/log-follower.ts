import type { Clock } from "../../base/clock.ts";
import { KeyedQueue } from "../../base/keyed-queue.ts";
import type { Logger } from "../../base/log.ts";
import { failpoint } from "../../base/failpoint.ts";
import type { LogRoute } from "../log-route.ts";
import { ExecutionRoleError, type ExecutionRole, type LogShipper, type LogSink } from "../ports.ts";
import { CloudWatchDestination } from "./cloudwatch-destination.ts";
import type { Destination } from "./destination.ts";
import { FollowedFile, type FollowedRoute } from "./followed-file.ts";
import { LogFile } from "./log-file.ts";
import { Pump, stoppedError } from "./pump.ts";
import { RouterDestination } from "./router-destination.ts";
import { SplunkDestination } from "./splunk-destination.ts";

/** By so much the times of files may lag behind the clock. */
const COARSE_CLOCK_MS = 10;

export interface LogFollowerParts {
  sink: LogSink;
  /** Says whether tasks may write to their streams. */
  role: Pick<ExecutionRole, "authorizeLogs">;
  clock: Clock;
  log: Logger;
}

interface Output {
  output: "stdout" | "stderr";
  source: string;
  path: string;
}

interface Followed {
  destination: Destination;
  files: FollowedFile[];
}

/**
 * Ships the files that containers write to. A container only ever appends to a file, so nothing here can slow it down; how
 * far each file is shipped is stored, for CloudWatch Logs together with the events, so that after a crash it goes on
 * exactly there.
 */
export class LogFollower implements LogShipper {
  private readonly parts: LogFollowerParts;
  private pump: Pump;
  /** By container. */
  private readonly followed = new Map<string, Followed>();
  private readonly perContainer = new KeyedQueue();
  /** When {@link stop} was last called, milliseconds since 1970. */
  private stoppedAt = 0;

  constructor(parts: LogFollowerParts) {
    this.parts = parts;
    this.pump = this.newPump();
  }

  async follow(route: LogRoute): Promise<void> {
    await this.perContainer.run(route.containerId, async () => {
      if (this.followed.has(route.containerId)) return;
      const pump = this.pump;
      await this.prepareStream(route);
      for (const file of (await this.open(route, true, pump)).files) pump.follow(file);
    });
  }

  async finish(route: LogRoute): Promise<void> {
    await this.perContainer.run(route.containerId, async () => {
      const pump = this.pump;
      const { files } = this.followed.get(route.containerId) ?? (await this.open(route, false, pump));
      await Promise.all(files.map((file) => pump.drain(file)));
      await this.forget(route);
    });
  }

  waiting({ containerId }: LogRoute): number {
    const { files = [] } = this.followed.get(containerId) ?? {};
    return files.reduce((sum, { file }) => sum + file.waiting, 0);
  }

  async discard(route: LogRoute): Promise<void> {
    // Not in line with the others: a `finish` that cannot come to its end is what this ends.
    for (const file of this.followed.get(route.containerId)?.files ?? []) giveUp(file);
    await this.perContainer.run(route.containerId, () => this.forget(route));
  }

  /** A {@link finish} that is under way rejects. What is followed after this is followed anew. */
  async stop(): Promise<void> {
    const pump = this.pump;
    const all = [...this.followed.values()];
    this.stoppedAt = this.parts.clock.now();
    this.pump = this.newPump();
    this.followed.clear();
    for (const { destination, files } of all) {
      for (const file of files) file.unwatch();
      destination.close();
    }
    await pump.stop();
    for (const file of all.flatMap(({ files }) => files)) {
      file.rejectDrained(stoppedError());
      file.close();
    }
  }

  private newPump(): Pump {
    const { sink, clock, log } = this.parts;
    return new Pump(sink, clock, log);
  }

  /** Lets the sink find the stream now, so that the first output reaches it without delay. */
  private async prepareStream({ target }: LogRoute): Promise<void> {
    if (target.driver !== "awslogs") return;
    const { scope, group, stream } = target;
    try {
      await this.parts.sink.ensureStream(scope, group, stream, false);
    } catch (err) {
      this.parts.log.warn({ err, group, stream }, "the log stream of a container is not there");
    }
  }

  /** @throws Error when `pump`, with which it began, was stopped meanwhile */
  private async open(route: LogRoute, create: boolean, pump: Pump): Promise<Followed> {
    const { sink } = this.parts;
    const outputs = outputsOf(route);
    const offsets = await Promise.all(outputs.map(({ source }) => sink.checkpoint(source)));
    const isRefused = await this.isRefused(route);
    if (pump !== this.pump) throw stoppedError();
    const destination = this.destinationOf(route, isRefused);
    const shared: FollowedRoute = {
      destination,
      maxBufferBytes: route.maxBufferBytes ?? Number.POSITIVE_INFINITY,
      maxBufferEvents: route.maxBufferEvents ?? Number.POSITIVE_INFINITY,
    };
    // What is unread was written after that.
    const lastStoredMs = Math.max(sink.lastStoredBeforeStart() + COARSE_CLOCK_MS, this.stoppedAt);
    const files = outputs.flatMap(({ output, source, path }, i) => {
      const file = LogFile.open(path, offsets[i]!, create);
      return file ? [new FollowedFile({ source, output, file }, shared, lastStoredMs)] : [];
    });
    const followed = { destination, files };
    this.followed.set(route.containerId, followed);
    return followed;
  }

  /** Asked once for each stream: then its container's output is dropped, and the container does not notice. */
  private async isRefused({ target }: LogRoute): Promise<boolean> {
    if (target.driver !== "awslogs") return false;
    try {
      await this.parts.role.authorizeLogs("logs:PutLogEvents", target);
      return false;
    } catch (err) {
      if (!(err instanceof ExecutionRoleError)) throw err;
      const { group, stream } = target;
      this.parts.log.warn({ err, group, stream }, "output is dropped");
      return true;
    }
  }

  private destinationOf({ target }: LogRoute, isRefused: boolean): Destination {
    const { sink, log } = this.parts;
    switch (target.driver) {
      case "awslogs":
        return new CloudWatchDestination(target, { ...this.parts, isRefused });
      case "awsfirelens":
        return new RouterDestination(target, sink);
      case "splunk":
        return new SplunkDestination(target, sink, log);
    }
  }

  private async forget(route: LogRoute): Promise<void> {
    const { destination, files = [] } = this.followed.get(route.containerId) ?? {};
    this.followed.delete(route.containerId);
    destination?.close();
    for (const file of files) file.close();
    for (const { path } of outputsOf(route)) LogFile.remove(path);
    failpoint("log-shipper.finish.removed");
    // Last: a file that is still there without its checkpoint would be shipped again.
    for (const { source } of outputsOf(route)) await this.parts.sink.dropCheckpoint(source);
  }
}

function giveUp(file: FollowedFile): void {
  file.state = "given up";
  file.rejectDrained(new Error("the output is given up"));
}

function outputsOf(route: LogRoute): Output[] {
  return [
    { output: "stdout", source: `${route.containerId}/stdout`, path: route.stdoutPath },
    { output: "stderr", source: `${route.containerId}/stderr`, path: route.stderrPath },
  ];
}
