import { join } from "node:path";
import { systemClock } from "../../src/base/clock.ts";
import { randomIds } from "../../src/base/ids.ts";
import { createLogger, silentLogger } from "../../src/base/log.ts";
import { Logs } from "../../src/services/logs/logs.ts";
import { getLogEvents } from "../../src/services/logs/operations/get-log-events.ts";
import { sqliteDialect } from "../../src/store/sqlite.ts";
import { Store } from "../../src/store/store.ts";
import { LogFollower } from "../../src/tasks/log-shipper/log-follower.ts";
import type { LogRoute } from "../../src/tasks/ports.ts";
import type { RequestContext } from "../../src/wire/context.ts";

/** The log service and the shipper on a folder, without the rest of an engine. */
export interface LogsEngine {
  logs: Logs;
  follower: LogFollower;
  /** Every message of a route's stream, in order. */
  messagesOf(route: LogRoute): Promise<string[]>;
  stop(): Promise<void>;
}

export const scope = { account: "123456789012", region: "us-east-1" };
const context = { scope } as RequestContext;

export async function startLogsEngine(folder: string, logLevel = "silent"): Promise<LogsEngine> {
  const log = logLevel === "silent" ? silentLogger : createLogger(logLevel);
  const store = new Store(sqliteDialect(join(folder, "state.db")), log);
  const logs = new Logs({ store, clock: systemClock, ids: randomIds, log, path: join(folder, "logs.db") });
  const follower = new LogFollower({ sink: logs.sink, clock: systemClock, log });
  await store.open();
  logs.start();
  return {
    logs,
    follower,
    async messagesOf(route) {
      const messages: string[] = [];
      for (let nextToken: string | undefined; ;) {
        const input = { logGroupName: route.group, logStreamName: route.stream, startFromHead: true, nextToken };
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

export function routeIn(folder: string, name: string): LogRoute {
  return {
    containerId: name,
    scope,
    group: "g",
    stream: `app/${name}`,
    stdoutPath: join(folder, `${name}.stdout`),
    stderrPath: join(folder, `${name}.stderr`),
  };
}
