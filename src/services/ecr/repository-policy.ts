import { parsePolicy, PolicyError } from "../../identity/policy/policy.ts";
import { invalidParameter } from "./errors.ts";

/**
 * Checks a repository's policy, which names no resources: it is about its repository.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policies.html
 * @throws AwsError `InvalidParameterException`
 */
export function checkRepositoryPolicy(text: string): void {
  try {
    const policy: unknown = JSON.parse(text);
    if (statementsOf(policy).some((statement) => "Resource" in statement || "NotResource" in statement))
      throw invalid();
    parsePolicy(text, "resource");
  } catch (cause) {
    if (cause instanceof PolicyError || cause instanceof SyntaxError) throw invalid();
    throw cause;
  }
}

function statementsOf(policy: unknown): object[] {
  const { Statement: statements } = Object(policy) as { Statement?: unknown };
  return [statements].flat().map((statement) => Object(statement) as object);
}

const invalid = () => invalidParameter("PolicyText", "Invalid repository policy provided");
