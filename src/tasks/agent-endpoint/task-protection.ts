import type { GetTaskProtectionResponse, UpdateTaskProtectionResponse } from "@aws-sdk/client-ecs";
import { AwsError } from "../../base/errors.ts";
import type { Ids } from "../../base/ids.ts";
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

/**
 * `$ECS_AGENT_URI/task-protection/v1/state`.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection-endpoint.html
 */
export function taskProtectionRoute(protection: TaskProtection, ids: Pick<Ids, "uuid">): AgentRoute {
  return {
    pattern: new RegExp(`/api/${CONTAINER_ID}/task-protection/v1/state`),
    methods: ["GET", "PUT"],
    handle: (request) => answer(request, protection, ids),
  };
}

async function answer(request: AgentRequest, protection: TaskProtection, ids: Pick<Ids, "uuid">): Promise<AgentAnswer> {
  const task = findCaller(request)?.task;
  if (!task) return refusal(404, "ResourceNotFoundException", "Failed to find a task for the request");
  let wish: ProtectionWish | undefined;
  if (request.method === "PUT") {
    const read = readWish(request.body);
    if (typeof read === "string") return refusal(400, "InvalidParameterException", read, task.taskArn);
    wish = read;
  }
  if (!task.credentialsId)
    return refusal(
      403,
      "AccessDeniedException",
      "Invalid Request: no task IAM role credentials available for task",
      task.taskArn,
    );
  try {
    return inAgentsWords(wish ? await protection.update(task, wish) : await protection.get(task));
  } catch (cause) {
    if (!(cause instanceof AwsError)) throw cause;
    const error = { Arn: task.taskArn, Code: cause.code, Message: cause.message };
    return { status: cause.status ?? 400, body: { requestID: ids.uuid(), error } };
  }
}

const MEMBERS = ["ProtectionEnabled", "ExpiresInMinutes"] as const;

/** @returns what is wrong, where something is */
function readWish(body: Buffer): ProtectionWish | string {
  const undecodable = "UpdateTaskProtection: failed to decode request";
  let parsed: unknown;
  try {
    parsed = JSON.parse(body.toString("utf8"));
  } catch {
    return undecodable;
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) return undecodable;
  const found: Partial<Record<(typeof MEMBERS)[number], unknown>> = {};
  for (const [key, value] of Object.entries(parsed)) {
    // The agent reads names in any case, and takes none that it does not know.
    const member = MEMBERS.find((name) => name.toLowerCase() === key.toLowerCase());
    if (!member) return undecodable;
    if (value !== null) found[member] = value;
  }
  const { ProtectionEnabled: enabled, ExpiresInMinutes: minutes } = found;
  if (enabled !== undefined && typeof enabled !== "boolean") return undecodable;
  if (minutes !== undefined && !Number.isSafeInteger(minutes)) return undecodable;
  if (enabled === undefined) return "Invalid request: does not contain 'ProtectionEnabled' field";
  return { protectionEnabled: enabled, ...(minutes === undefined ? {} : { expiresInMinutes: minutes as number }) };
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
