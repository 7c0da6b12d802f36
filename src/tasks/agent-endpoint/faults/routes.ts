import type { Clock } from "../../../base/clock.ts";
import { KeyedQueue } from "../../../base/keyed-queue.ts";
import type { Logger } from "../../../base/log.ts";
import type { NetworkBackend } from "../../../network/backend.ts";
import { faultName, type BlackholeFault, type FaultName, type FaultSpec } from "../../../network/faults.ts";
import type { TaskRecord } from "../../task-record.ts";
import { RateLimit } from "../rate-limit.ts";
import { CONTAINER_ID, findCaller, type AgentAnswer, type AgentRequest, type AgentRoute } from "../route.ts";
import { DecodeError } from "./go-json.ts";
import { blackholeOf, InvalidFault, latencyOf, lossOf } from "./requests.ts";

export interface FaultRoutesParts {
  network: Pick<NetworkBackend, "runningFaults" | "startFault" | "stopFault">;
  clock: Clock;
  log: Logger;
}

const ACTIONS = ["start", "stop", "status"] as const;
type Action = (typeof ACTIONS)[number];
/** How the agent's messages call the actions. */
const ACTION_TEXT: Record<Action, string> = { start: "start", stop: "stop", status: "check status" };

/** One in five seconds, of each container and path. */
const REQUESTS_PER_SECOND = 0.2;
const TIMEOUT_MS = 5000;

/** A kind of fault: how requests are read, and what is known by the path alone. */
interface Kind {
  path: "network-blackhole-port" | "network-latency" | "network-packet-loss";
  /** @throws DecodeError, InvalidFault */
  specOf(body: Buffer): FaultSpec;
  /** Absent when it is the request's body that says which one is meant, also to stop it. */
  name?: FaultName;
}

const KINDS: readonly Kind[] = [
  { path: "network-blackhole-port", specOf: blackholeOf },
  { path: "network-latency", specOf: latencyOf, name: "latency" },
  { path: "network-packet-loss", specOf: lossOf, name: "loss" },
];

/**
 * Faults in the network that a task asks for itself, where its definition allows them.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fault-injection-endpoints.html
 */
export function faultRoutes(parts: FaultRoutesParts): AgentRoute[] {
  const limit = new RateLimit({ perSecond: REQUESTS_PER_SECOND, burst: 1, clock: parts.clock });
  const queue = new KeyedQueue();
  return KINDS.flatMap((kind) =>
    ACTIONS.map((action) => ({
      pattern: new RegExp(`^/api/${CONTAINER_ID}/fault/v1/${kind.path}/${action}$`),
      methods: ["POST"],
      async handle(request: AgentRequest): Promise<AgentAnswer> {
        const found = findCaller(request);
        if (found && !limit.take(`${found.container.id}/${kind.path}/${action}`))
          return { status: 429, text: "You have reached maximum request limit" };
        let spec: FaultSpec | undefined;
        try {
          if (action === "start" || !kind.name) spec = kind.specOf(request.body);
        } catch (cause) {
          if (cause instanceof DecodeError || cause instanceof InvalidFault) return failure(400, cause.message);
          throw cause;
        }
        if (!found)
          return failure(
            404,
            `unable to get task arn from request: unable to get task Arn from v3 endpoint ID: ${request.params[0]}`,
          );
        const { task } = found;
        if (!task.definition.enableFaultInjection)
          return failure(400, `enableFaultInjection is not enabled for task: ${task.taskArn}`);
        const what = `${ACTION_TEXT[action]} ${kind.path}`;
        return await inTime(parts, what, task, () =>
          queue.run(task.taskId, () => act(parts.network, task, action, spec, kind.name)),
        );
      },
    })),
  );
}

async function act(
  network: FaultRoutesParts["network"],
  { eni: { vpcId, interfaceId } }: TaskRecord,
  action: Action,
  spec: FaultSpec | undefined,
  kindName: FaultName | undefined,
): Promise<AgentAnswer> {
  const name = kindName ?? faultName(spec as BlackholeFault);
  if (action === "stop") {
    await network.stopFault(vpcId, interfaceId, name);
    return success("stopped");
  }
  const running = await network.runningFaults(vpcId, interfaceId);
  if (action === "status") return success(running.includes(name) ? "running" : "not-running");
  // There is one queueing discipline on an interface: latency and loss exclude each other.
  if (kindName && running.includes("latency"))
    return failure(409, "There is already one network latency fault running");
  if (kindName && running.includes("loss"))
    return failure(409, "There is already one network packet loss fault running");
  await network.startFault(vpcId, interfaceId, spec!);
  return success("running");
}

async function inTime(
  { clock, log }: FaultRoutesParts,
  what: string,
  { taskId }: TaskRecord,
  work: () => Promise<AgentAnswer>,
): Promise<AgentAnswer> {
  const done = new AbortController();
  const late = clock.sleep(TIMEOUT_MS, done.signal).then(
    () => failure(500, `${what}: request timed out`),
    () => failure(500, "internal error"),
  );
  const result = work().catch((err: unknown) => {
    log.error({ err, task: taskId, fault: what }, "a network fault could not be changed");
    return failure(500, "internal error");
  });
  return await Promise.race([result, late]).finally(() => done.abort());
}

function success(status: "running" | "stopped" | "not-running"): AgentAnswer {
  return { status: 200, body: { Status: status } };
}

function failure(status: number, message: string): AgentAnswer {
  return { status, body: { Error: message } };
}
