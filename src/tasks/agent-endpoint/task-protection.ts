import type { GetTaskProtectionResponse, UpdateTaskProtectionResponse } from "@aws-sdk/client-ecs";
import type { Clock } from "../../base/clock.ts";
import { AwsError } from "../../base/errors.ts";
import type { Ids } from "../../base/ids.ts";
import { inTime } from "../in-time.ts";
import type { TaskRecord } from "../task-record.ts";
import { CONTAINER_ID, findCaller, type AgentAnswer, type AgentRequest, type AgentRoute } from "./route.ts";

/** What a task asks for in `PUT`. */
export interface ProtectionWish {
  protectionEnabled: boolean;
  expiresInMinutes?: number;
}

/** GetTaskProtection and UpdateTaskProtection for one task. The ECS service provides it; both may throw an AwsError. */
export interface TaskProtection {
  get(task: TaskRecord): Promise<GetTaskProtectionResponse>;
  update(task: TaskRecord, wish: ProtectionWish): Promise<UpdateTaskProtectionResponse>;
}

export interface TaskProtectionRouteParts {
  protection: TaskProtection;
  ids: Pick<Ids, "uuid">;
  clock: Clock;
}

/** How long the agent waits for ECS. */
const CALL_TIMEOUT_MS = 4000;

/**
 * `$ECS_AGENT_URI/task-protection/v1/state`.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection-endpoint.html
 */
export function taskProtectionRoute(parts: TaskProtectionRouteParts): AgentRoute {
  return {
    pattern: new RegExp(`/api/${CONTAINER_ID}/task-protection/v1/state`),
    methods: ["GET", "PUT"],
    handle: (request) => answer(request, parts),
  };
}

async function answer(
  request: AgentRequest,
  { protection, ids, clock }: TaskProtectionRouteParts,
): Promise<AgentAnswer> {
  const wish = request.method === "PUT" ? readWish(request.body) : undefined;
  if (wish === "undecodable")
    return refusal(400, "InvalidParameterException", "UpdateTaskProtection: failed to decode request");
  const task = findCaller(request)?.task;
  if (!task) return refusal(404, "ResourceNotFoundException", "Failed to find a task for the request");
  if (wish && !isWhole(wish))
    return refusal(
      400,
      "InvalidParameterException",
      "Invalid request: does not contain 'ProtectionEnabled' field",
      task.taskArn,
    );
  if (!task.credentialsId)
    return refusal(
      403,
      "AccessDeniedException",
      "Invalid Request: no task IAM role credentials available for task",
      task.taskArn,
    );
  try {
    const called = wish ? protection.update(task, wish) : protection.get(task);
    if (!(await inTime(called, CALL_TIMEOUT_MS, clock)))
      return refusal(504, "RequestCanceled", "Timed out calling ECS Task Protection API", task.taskArn);
    return inAgentsWords(await called);
  } catch (cause) {
    if (!(cause instanceof AwsError)) throw cause;
    const error = { Arn: task.taskArn, Code: cause.code, Message: cause.message };
    return { status: cause.status ?? 400, body: { requestID: ids.uuid(), error } };
  }
}

const MEMBERS = ["ProtectionEnabled", "ExpiresInMinutes"] as const;

function readWish(body: Buffer): Partial<ProtectionWish> | "undecodable" {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body.toString("utf8"));
  } catch {
    return "undecodable";
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) return "undecodable";
  const found: Partial<Record<(typeof MEMBERS)[number], unknown>> = {};
  for (const [key, value] of Object.entries(parsed)) {
    // The agent reads names in any case, and takes none that it does not know.
    const member = MEMBERS.find((name) => name.toLowerCase() === key.toLowerCase());
    if (!member) return "undecodable";
    if (value !== null) found[member] = value;
  }
  const { ProtectionEnabled: enabled, ExpiresInMinutes: minutes } = found;
  if (enabled !== undefined && typeof enabled !== "boolean") return "undecodable";
  if (minutes !== undefined && !Number.isSafeInteger(minutes)) return "undecodable";
  return {
    ...(enabled === undefined ? {} : { protectionEnabled: enabled }),
    ...(minutes === undefined ? {} : { expiresInMinutes: minutes as number }),
  };
}

function isWhole(wish: Partial<ProtectionWish>): wish is ProtectionWish {
  return wish.protectionEnabled !== undefined;
}

/** ECS's answer for the one task, in the agent's form: all members are there. */
function inAgentsWords({ protectedTasks, failures }: GetTaskProtectionResponse): AgentAnswer {
  const failure = failures?.[0];
  if (failure)
    return {
      status: 200,
      body: { failure: { Arn: failure.arn ?? null, Detail: failure.detail ?? null, Reason: failure.reason ?? null } },
    };
  const task = protectedTasks![0]!;
  return {
    status: 200,
    body: {
      protection: {
        ExpirationDate: task.expirationDate?.toISOString().replace(/\.\d{3}Z$/, "Z") ?? null,
        ProtectionEnabled: task.protectionEnabled,
        TaskArn: task.taskArn,
      },
    },
  };
}

function refusal(status: number, Code: string, Message: string, Arn?: string): AgentAnswer {
  return { status, body: { error: { ...(Arn === undefined ? {} : { Arn }), Code, Message } } };
}
