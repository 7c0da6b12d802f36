import { FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { DescribeNetworkInterfacesCommand } from "@aws-sdk/client-ec2";
import type { Task } from "@aws-sdk/client-ecs";
import { systemClock } from "../base/clock.ts";
import { retry } from "../base/retry.ts";
import type { Clients } from "./clients.ts";
import { NAMES, PORT } from "./names.ts";
import { listTasks, shortId } from "./wait.ts";

export interface DemoTask {
  id: string;
  status: string;
  availabilityZone: string;
  privateIp: string;
  publicIp: string | undefined;
}

/** What came of the demo. */
export interface DemoResult {
  tasks: DemoTask[];
  /** Answered a moment ago; `undefined` when tasks are simulated. */
  url: string | undefined;
  /** The newest lines of the application's log, oldest first. */
  logLines: string[];
}

const LOG_LINES = 4;

/**
 * Looks at the running demo, and asks each task for its page, unless tasks are simulated.
 * @throws Error when a task does not answer
 */
export async function inspect(clients: Clients, compute: "containerd" | "simulated"): Promise<DemoResult> {
  const tasks = await Promise.all((await listTasks(clients)).map((task) => describe(clients, task)));
  if (compute === "simulated") return { tasks, url: undefined, logLines: [] };
  const urls = tasks.map((task) => `http://${task.publicIp ?? task.privateIp}:${PORT}`);
  if (!urls[0]) throw new Error("the service has no task");
  await Promise.all(urls.map(expectAnswer));
  return { tasks, url: urls[0], logLines: await lastLogLines(clients, urls.length) };
}

async function describe({ ec2 }: Clients, task: Task): Promise<DemoTask> {
  const details = task.attachments?.[0]?.details ?? [];
  const detail = (name: string) => details.find((entry) => entry.name === name)?.value ?? "";
  const { NetworkInterfaces = [] } = await ec2.send(
    new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [detail("networkInterfaceId")] }),
  );
  return {
    id: shortId(task.taskArn!),
    status: task.lastStatus ?? "",
    availabilityZone: task.availabilityZone ?? "",
    privateIp: detail("privateIPv4Address"),
    publicIp: NetworkInterfaces[0]?.Association?.PublicIp,
  };
}

/** RUNNING means that the container runs; the application in it may need a moment to listen. */
async function expectAnswer(url: string): Promise<void> {
  await retry(systemClock, { attempts: 40, firstDelayMs: 50, maxDelayMs: 250 }, async () => {
    const response = await fetch(url, { signal: AbortSignal.timeout(2000) });
    await response.text();
    if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  }).catch((cause: unknown) => {
    throw new Error(`${url} does not answer`, { cause });
  });
}

/** The lines are there a moment after they were written: the newest of them tell of the requests just made. */
async function lastLogLines({ logs }: Clients, requests: number): Promise<string[]> {
  return await retry(systemClock, { attempts: 10, firstDelayMs: 100, maxDelayMs: 500 }, async (attempt) => {
    const { events = [] } = await logs.send(
      new FilterLogEventsCommand({ logGroupName: NAMES.logGroup, startTime: systemClock.now() - 60_000 }),
    );
    const lines = events.map((event) => `${new Date(event.timestamp!).toISOString()} ${event.message}`);
    if (attempt < 10 && lines.filter((line) => line.includes("GET /")).length < requests)
      throw new Error("the requests are not logged yet");
    return lines.slice(-LOG_LINES);
  });
}
