import type { Violation } from "../../wire/validate.ts";
import { coralWording, type ViolationWording } from "../../wire/violation-wording.ts";
import { invalidParameter, missingParameter } from "./errors.ts";

/** The data of PutMetricData is of the API's first years, with words of their own; all else is worded as most services do. */
export const cloudWatchWording: ViolationWording = (violations, code) => {
  const [violation] = violations;
  return violation?.path[0] === "MetricData" ? dataWording(violation) : coralWording(violations, code);
};

function dataWording({ path, breach, value }: Violation) {
  const name = path
    .map((part) => (typeof part === "number" ? `member.${part}` : part))
    .filter((part) => part !== "member");
  const parameter = name.join(".");
  return breach.rule === "required" ? missingParameter(parameter) : invalidParameter(value, parameter);
}
