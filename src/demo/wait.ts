import { DescribeTasksCommand, ListTasksCommand, waitUntilServicesStable, type Task } from "@aws-sdk/client-ecs";
import { systemClock } from "../base/clock.ts";
import type { Clients } from "./clients.ts";
import { NAMES } from "./names.ts";
import type { Progress } from "./progress.ts";

/** Longest time that the service may take, in seconds. */
const MAX_WAIT_SECONDS = 180;
const WATCH_INTERVAL_MS = 250;

/**
 * Waits with the SDK's own waiter, and meanwhile tells each task's way.
 * @throws Error with the reasons of stopped tasks when the service does not become stable
 */
export async function waitUntilStable(clients: Clients, progress: Progress, signal: AbortSignal): Promise<void> {
  const done = new AbortController();
  const watching = watch(clients, progress, AbortSignal.any([signal, done.signal]));
  try {
    await waitUntilServicesStable(
      // The waiter's own delay of 15 seconds is for a service at the other end of the internet.
      { client: clients.ecs, maxWaitTime: MAX_WAIT_SECONDS, minDelay: 1, maxDelay: 1, abortSignal: signal },
      { cluster: NAMES.cluster, services: [NAMES.service] },
    );
  } catch (cause) {
    signal.throwIfAborted();
    const reasons = await stoppedReasons(clients);
    throw new Error(`the service did not become stable${reasons}`, { cause });
  } finally {
    done.abort();
    await watching;
  }
}

/** The demo's tasks that run or are to run. */
export async function listTasks({ ecs }: Clients, desiredStatus: "RUNNING" | "STOPPED" = "RUNNING"): Promise<Task[]> {
  const { cluster, service: serviceName } = NAMES;
  const { taskArns = [] } = await ecs.send(new ListTasksCommand({ cluster, serviceName, desiredStatus }));
  if (taskArns.length === 0) return [];
  return (await ecs.send(new DescribeTasksCommand({ cluster, tasks: taskArns }))).tasks ?? [];
}

async function watch(clients: Clients, progress: Progress, signal: AbortSignal): Promise<void> {
  const seen = new Map<string, string>();
  while (!signal.aborted) {
    for (const { taskArn = "", lastStatus = "" } of await listTasks(clients).catch(() => [])) {
      if (seen.get(taskArn) === lastStatus || signal.aborted) continue;
      seen.set(taskArn, lastStatus);
      progress.line(`    task ${shortId(taskArn)} ${lastStatus}`);
    }
    await systemClock.sleep(WATCH_INTERVAL_MS, signal).catch(() => {});
  }
}

/** The first digits of a task's id: enough to tell tasks apart. */
export function shortId(taskArn: string): string {
  return taskArn.split("/").at(-1)!.slice(0, 8);
}

async function stoppedReasons(clients: Clients): Promise<string> {
  const stopped = await listTasks(clients, "STOPPED").catch(() => []);
  const reasons = stopped.flatMap((task) => [
    task.stoppedReason,
    ...(task.containers ?? []).map((container) => container.reason),
  ]);
  const told = [...new Set(reasons.filter(Boolean))].map((reason) => `\n  ${reason}`);
  return told.length > 0 ? `; its stopped tasks say:${told.join("")}` : "";
}
