import { join } from "node:path";
import { systemClock, type Clock } from "../../src/base/clock.ts";
import { randomIds } from "../../src/base/ids.ts";
import { createLogger, silentLogger } from "../../src/base/log.ts";
import { Logs } from "../../src/services/logs/logs.ts";
import { getLogEvents } from "../../src/services/logs/operations/get-log-events.ts";
import { sqliteDialect } from "../../src/store/sqlite.ts";
import { Store } from "../../src/store/store.ts";
import { LogFollower } from "../../src/tasks/log-shipper/log-follower.ts";
import type { CloudWatchTarget, LogRoute } from "../../src/tasks/log-route.ts";
import type { RequestContext } from "../../src/wire/context.ts";

/** The log service and the shipper on a folder, without the rest of an engine. */
export interface LogsEngine {
  logs: Logs;
  follower: LogFollower;
  /** Every message of a route's stream, in order. */
  messagesOf(route: StreamRoute): Promise<string[]>;
  stop(): Promise<void>;
}

/** A route into a log stream. */
export type StreamRoute = LogRoute & { target: CloudWatchTarget };

export const scope = { account: "123456789012", region: "us-east-1" };
const context = { scope } as RequestContext;

export async function startLogsEngine(
  folder: string,
  logLevel = "silent",
  clock: Clock = systemClock,
): Promise<LogsEngine> {
  const log = logLevel === "silent" ? silentLogger : createLogger(logLevel);
  const store = new Store(sqliteDialect(join(folder, "state.db")), log);
  const logs = new Logs({ store, clock, ids: randomIds, log, path: join(folder, "logs.db") });
  const follower = new LogFollower({ sink: logs.sink, role: { authorizeLogs: async () => {} }, clock, log });
  await store.open();
  logs.start();
  return {
    logs,
    follower,
    async messagesOf(route) {
      const messages: string[] = [];
      for (let nextToken: string | undefined; ;) {
        const { group, stream } = route.target;
        const input = { logGroupName: group, logStreamName: stream, startFromHead: true, nextToken };
        const page = await getLogEvents(logs)(input, context);
        messages.push(...page.events!.map((event) => event.message!));
        if (page.nextForwardToken === nextToken) return messages;
        nextToken = page.nextForwardToken;
      }
    },
    async stop() {
      await follower.stop();
      await logs.stop();
      await store.close();
    },
  };
}

export function routeIn(folder: string, name: string, more: Partial<CloudWatchTarget> = {}): StreamRoute {
  return {
    containerId: name,
    target: { driver: "awslogs", scope, group: "g", stream: `app/${name}`, ...more },
    stdoutPath: join(folder, `${name}.stdout`),
    stderrPath: join(folder, `${name}.stderr`),
  };
}
