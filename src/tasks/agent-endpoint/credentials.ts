import type { Clock } from "../../base/clock.ts";
import { taskRoleArn, type TaskRoles } from "../task-role.ts";
import type { AgentAnswer, AgentRequest, AgentRoute } from "./route.ts";

/**
 * `/v2/credentials/ID`: the credentials of the role of the task that asks, and of no other.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
 */
export function credentialsRoute(roles: Pick<TaskRoles, "credentials">, clock: Pick<Clock, "now">): AgentRoute {
  return {
    pattern: /\/v2\/credentials(?:\/([^/]*))?/,
    handle: (request) => answer(request, roles, clock.now()),
  };
}

async function answer(
  { params: [id], caller }: AgentRequest,
  roles: Pick<TaskRoles, "credentials">,
  now: number,
): Promise<AgentAnswer> {
  if (!id) return refusal("NoIdInRequest", "No Credential ID in the request");
  const credentials = caller?.credentialsId === id ? await roles.credentials(caller, now) : undefined;
  if (!credentials) return refusal("InvalidIdInRequest", "Credentials not found");
  return {
    status: 200,
    body: {
      RoleArn: taskRoleArn(caller!),
      AccessKeyId: credentials.accessKeyId,
      SecretAccessKey: credentials.secretAccessKey,
      Token: credentials.sessionToken,
      Expiration: new Date(credentials.expiresAt).toISOString().replace(".000Z", "Z"),
    },
  };
}

function refusal(code: string, message: string): AgentAnswer {
  return { status: 400, body: { code, message: `CredentialsV2Request: ${message}`, HTTPErrorCode: 400 } };
}
