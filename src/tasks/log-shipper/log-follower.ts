import type { Clock } from "../../base/clock.ts";
import { KeyedQueue } from "../../base/keyed-queue.ts";
import type { Logger } from "../../base/log.ts";
import { failpoint } from "../../base/failpoint.ts";
import type { LogRoute, LogShipper, LogSink } from "../ports.ts";
import { FollowedFile, type FollowedRoute } from "./followed-file.ts";
import { LogFile } from "./log-file.ts";
import { Pump, stoppedError } from "./pump.ts";

export interface LogFollowerParts {
  sink: LogSink;
  clock: Clock;
  log: Logger;
}

interface Output {
  source: string;
  path: string;
}

/**
 * Ships the files that containers write to. A container only ever appends to a file, so nothing here can slow it down or
 * lose its output; how far each file is shipped is stored together with the events, so that after a crash it goes on
 * exactly there.
 */
export class LogFollower implements LogShipper {
  private readonly parts: LogFollowerParts;
  private pump: Pump;
  /** By container. */
  private readonly followed = new Map<string, FollowedFile[]>();
  private readonly perContainer = new KeyedQueue();

  constructor(parts: LogFollowerParts) {
    this.parts = parts;
    this.pump = this.newPump();
  }

  async follow(route: LogRoute): Promise<void> {
    await this.perContainer.run(route.containerId, async () => {
      if (this.followed.has(route.containerId)) return;
      const pump = this.pump;
      await this.prepareStream(route);
      for (const file of await this.open(route, true, pump)) pump.follow(file);
    });
  }

  async finish(route: LogRoute): Promise<void> {
    await this.perContainer.run(route.containerId, async () => {
      const pump = this.pump;
      const files = this.followed.get(route.containerId) ?? (await this.open(route, false, pump));
      await Promise.all(files.map((file) => pump.drain(file)));
      this.followed.delete(route.containerId);
      for (const file of files) {
        file.close();
        file.file.remove();
      }
      failpoint("log-shipper.finish.removed");
      // Last: a file that is still there without its checkpoint would be shipped again.
      for (const { source } of outputsOf(route)) await this.parts.sink.dropCheckpoint(source);
    });
  }

  /** A {@link finish} that is under way rejects. What is followed after this is followed anew. */
  async stop(): Promise<void> {
    const pump = this.pump;
    const files = [...this.followed.values()].flat();
    this.pump = this.newPump();
    this.followed.clear();
    for (const file of files) file.unwatch();
    await pump.stop();
    for (const file of files) {
      file.rejectDrained(stoppedError());
      file.close();
    }
  }

  private newPump(): Pump {
    const { sink, clock, log } = this.parts;
    return new Pump(sink, clock, log);
  }

  /** Lets the sink find the stream now, so that the first output reaches it without delay. */
  private async prepareStream(route: LogRoute): Promise<void> {
    try {
      await this.parts.sink.ensureStream(route.scope, route.group, route.stream, false);
    } catch (err) {
      this.parts.log.warn(
        { err, group: route.group, stream: route.stream },
        "the log stream of a container is not there",
      );
    }
  }

  /** @throws Error when `pump`, with which it began, was stopped meanwhile */
  private async open(route: LogRoute, create: boolean, pump: Pump): Promise<FollowedFile[]> {
    const { scope, group, stream } = route;
    const shared: FollowedRoute = { scope, group, stream, lastTimestamp: 0, dropping: false };
    const outputs = outputsOf(route);
    const offsets = await Promise.all(outputs.map(({ source }) => this.parts.sink.checkpoint(source)));
    if (pump !== this.pump) throw stoppedError();
    const files = outputs.flatMap(({ source, path }, i) => {
      const file = LogFile.open(path, offsets[i]!, create);
      return file ? [new FollowedFile(source, file, shared)] : [];
    });
    this.followed.set(route.containerId, files);
    return files;
  }
}

function outputsOf(route: LogRoute): Output[] {
  return [
    { source: `${route.containerId}/stdout`, path: route.stdoutPath },
    { source: `${route.containerId}/stderr`, path: route.stderrPath },
  ];
}
