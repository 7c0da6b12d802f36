import { AwsError } from "../../base/errors.ts";
import { coralWording, type ViolationWording } from "../../wire/violation-wording.ts";

/** What ECS calls a member in its errors, where that is not the member's name. */
const SPOKEN: Readonly<Record<string, string>> = {
  launchType: "launch type",
  schedulingStrategy: "Scheduling strategy",
};

/** ECS checks its input itself, one thing after the other: `TaskDefinition can not be blank.`, `… should be one of […]`. */
export const ecsWording: ViolationWording = (violations, code) => {
  const { path, breach } = violations[0]!;
  const member = String(path.findLast((part) => typeof part === "string" && part !== "member"));
  if (breach.rule === "required")
    return new AwsError(code, `${member.charAt(0).toUpperCase()}${member.slice(1)} can not be blank.`);
  if (breach.rule === "enum")
    return new AwsError(code, `${SPOKEN[member] ?? member} should be one of [${breach.values.join(",")}]`);
  return coralWording(violations, code);
};
