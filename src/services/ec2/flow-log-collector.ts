import { messageOf } from "../../base/errors.ts";
import { KeyedQueue } from "../../base/keyed-queue.ts";
import type { Component } from "../../base/lifecycle.ts";
import type { Logger } from "../../base/log.ts";
import { parseScopeKey, type Scope } from "../../base/scope.ts";
import type { FlowSample } from "../../network/backend.ts";
import type { Ec2, FlowReader } from "./ec2.ts";
import { DEFAULT_FORMAT, flowRecord } from "./flow-log-format.ts";
import { FlowLogAccessError, type FlowLogSink, streamName, watchedInterfaces } from "./flow-logs.ts";
import type { FlowLogRecord, NetworkInterfaceRecord } from "./records.ts";

/**
 * How often records are written. Flow logs with a maximum of ten minutes have them as often: so does AWS for all that
 * runs on Nitro. https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-basics.html
 */
const INTERVAL_MS = 60_000;

/** What AWS says of a log group that a flow log's role may not write to, and of whatever else went wrong. */
const ACCESS_ERROR = "Access error";
const UNKNOWN_ERROR = "Unknown error";

export interface FlowLogCollectorParts {
  ec2: Ec2;
  sink: FlowLogSink;
  log: Logger;
}

/** What was read of a VPC. */
interface Flows {
  interfaces: readonly NetworkInterfaceRecord[];
  samples: readonly FlowSample[];
  until: Date;
  /** Whether interfaces without traffic get records that say so. */
  tellsSilence: boolean;
}

/** Writes what flowed in the VPCs that have flow logs into their log groups, once a minute. */
export class FlowLogCollector implements Component, FlowReader {
  readonly name = "flow logs";
  private readonly ec2: Ec2;
  private readonly sink: FlowLogSink;
  private readonly log: Logger;
  /** A VPC is read by one at a time. */
  private readonly queue = new KeyedQueue();
  private stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();

  constructor({ ec2, sink, log }: FlowLogCollectorParts) {
    this.ec2 = ec2;
    this.sink = sink;
    this.log = log;
    ec2.useFlows(this);
  }

  start(): void {
    this.stopping = new AbortController();
    this.running = this.run(this.stopping.signal);
  }

  /** Resolves when records that are being written are written; what has flowed since stays where it is counted. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  /** Reads and writes what flowed since the last time, of all VPCs. */
  async collect(): Promise<void> {
    const flowLogs = await this.ec2.records.flowLogs.listAll();
    for (const vpcId of new Set(flowLogs.map(({ document }) => document.vpcId))) await this.collectVpc(vpcId, true);
  }

  async readVpc(vpcId: string): Promise<void> {
    // In the middle of an interval, silence says nothing.
    await this.collectVpc(vpcId, false);
  }

  async takesOnRole(scope: Scope, flowLog: FlowLogRecord): Promise<boolean> {
    return await this.sink.takesOnRole(scope, flowLog);
  }

  private async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.ec2;
    while (!signal.aborted) {
      await clock.sleep(INTERVAL_MS - (clock.now() % INTERVAL_MS), signal).catch(() => {});
      if (!signal.aborted)
        await this.collect().catch((err: unknown) => this.log.error({ err }, "could not collect flow logs"));
    }
  }

  private async collectVpc(vpcId: string, tellsSilence: boolean): Promise<void> {
    await this.queue
      .run(vpcId, async () => {
        const stored = await this.ec2.records.flowLogs.listAll({ where: { vpcId } });
        const { scope } = stored[0] ?? {};
        if (scope === undefined) return;
        const all = await this.ec2.records.interfaces.list(scope, { where: { vpcId } });
        const interfaces = all.filter((each) => each.attachedAt);
        if (!interfaces.length) return; // the VPC is on the host only while it has some
        const samples = await this.ec2.network.readFlows(vpcId);
        const until = new Date(this.ec2.clock.now());
        for (const { document } of stored)
          await this.deliver(scope, document, { interfaces, samples, until, tellsSilence });
      })
      .catch((err: unknown) => this.log.error({ err, vpcId }, "could not read what flowed in a VPC"));
  }

  private async deliver(scope: string, flowLog: FlowLogRecord, flows: Flows): Promise<void> {
    const { flowLogId, trafficType, logFormat = DEFAULT_FORMAT, createdAt } = flowLog;
    const since = flowLog.collectedUntil ?? createdAt;
    const end = seconds(flows.until);
    let failure: string | undefined;
    for (const networkInterface of watchedInterfaces(flowLog, flows.interfaces)) {
      const own = flows.samples.filter(
        (sample) =>
          sample.interfaceId === networkInterface.interfaceId &&
          (trafficType === "ALL" || sample.action === trafficType),
      );
      if (!own.length && !flows.tellsSilence) continue;
      const start = seconds(latest(since, networkInterface.attachedAt!));
      const subject = { scope: parseScopeKey(scope), networkInterface, start, end };
      const events = (own.length ? own : [undefined]).map((sample) => ({
        timestamp: start * 1000,
        message: flowRecord(logFormat, { ...subject, sample }),
      }));
      try {
        await this.sink.append(subject.scope, flowLog, streamName(flowLog, networkInterface), events);
      } catch (err) {
        this.log.warn({ flowLogId, reason: messageOf(err) }, "could not deliver a flow log");
        failure = err instanceof FlowLogAccessError ? ACCESS_ERROR : UNKNOWN_ERROR;
      }
    }
    await this.ec2.records.flowLogs.update(scope, flowLogId, (now) => {
      const { deliverError: _, ...rest } = now;
      return { ...rest, collectedUntil: flows.until, ...(failure === undefined ? {} : { deliverError: failure }) };
    });
  }
}

function latest(a: Date, b: Date): Date {
  return a > b ? a : b;
}

function seconds(time: Date): number {
  return Math.floor(time.getTime() / 1000);
}
