import { AwsError } from "../../base/errors.ts";
import { coralWording, type ViolationWording } from "../../wire/violation-wording.ts";

/** What ECS calls a member in its errors, where that is not the member's name. */
const SPOKEN: Readonly<Record<string, string>> = {
  launchType: "launch type",
  schedulingStrategy: "Scheduling strategy",
};

/** ECS says values in the order of its model, which the SDK does not keep. */
const ORDER: Readonly<Record<string, readonly string[]>> = {
  assignPublicIp: ["ENABLED", "DISABLED"],
  condition: ["START", "COMPLETE", "SUCCESS", "HEALTHY"],
  desiredStatus: ["RUNNING", "PENDING", "STOPPED"],
  launchType: ["EC2", "FARGATE", "EXTERNAL", "MANAGED_INSTANCES"],
  networkMode: ["bridge", "host", "awsvpc", "none"],
  propagateTags: ["TASK_DEFINITION", "SERVICE", "NONE"],
  schedulingStrategy: ["REPLICA", "DAEMON"],
  status: ["ACTIVE", "INACTIVE", "DELETE_IN_PROGRESS"],
};

/** ECS checks its input itself, one thing after the other: `TaskDefinition can not be blank.`, `… should be one of […]`. */
export const ecsWording: ViolationWording = (violations, code) => {
  const { path, breach } = violations[0]!;
  const member = String(path.findLast((part) => typeof part === "string" && part !== "member"));
  if (breach.rule === "required")
    return new AwsError(code, `${member.charAt(0).toUpperCase()}${member.slice(1)} can not be blank.`);
  if (breach.rule === "enum")
    return new AwsError(
      code,
      `${SPOKEN[member] ?? member} should be one of [${inOrder(member, breach.values).join(",")}]`,
    );
  return coralWording(violations, code);
};

function inOrder(member: string, values: readonly string[]): string[] {
  const order = ORDER[member] ?? [];
  const ordered = order.filter((value) => values.includes(value));
  return [...ordered, ...values.filter((value) => !ordered.includes(value))];
}
