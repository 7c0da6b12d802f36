import type { Principal, SessionFacts } from "../../identity/principal.ts";
import { invalidParameter, validationError } from "./errors.ts";

/** The tags of a session as a request gives them. */
export interface TagRequest {
  Tags?: { Key: string | undefined; Value: string | undefined }[];
  TransitiveTagKeys?: string[];
}

/** The tags of a session, and those of them that are new. */
export interface SessionTags extends Pick<SessionFacts, "tags" | "transitiveTagKeys"> {
  /** Those that the request asks for: without those that the caller's session passes on. */
  requested?: Record<string, string>;
}

/**
 * The tags of a new session: what the request asks for, and what the caller's own session passes on to all that is made
 * with it. https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html
 * @throws AwsError InvalidParameterValue, ValidationError
 */
export function sessionTags({ Tags = [], TransitiveTagKeys = [] }: TagRequest, caller: Principal): SessionTags {
  const inherited = inheritedTags(caller);
  const passedOn = new Set(Object.keys(inherited).map(lower));
  const asked = new Set<string>();
  for (const { Key = "" } of Tags) {
    if (asked.has(lower(Key)))
      throw invalidParameter("Duplicate tag keys found. Please note that Tag keys are case insensitive.");
    if (lower(Key).startsWith("aws:"))
      throw invalidParameter("Tag keys must not begin with aws:, which is for AWS's use.");
    if (passedOn.has(lower(Key)))
      throw invalidParameter(
        "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.",
      );
    asked.add(lower(Key));
  }
  if (TransitiveTagKeys.some((key) => !asked.has(lower(key))))
    throw validationError("The specified transitive tag key must be included in the requested tags.");
  const requested = Object.fromEntries(Tags.map(({ Key = "", Value = "" }) => [Key, Value]));
  const tags = { ...inherited, ...requested };
  const transitive = [...Object.keys(inherited), ...new Set(TransitiveTagKeys)];
  return {
    ...(Tags.length ? { requested } : {}),
    ...(Object.keys(tags).length ? { tags } : {}),
    ...(transitive.length ? { transitiveTagKeys: transitive } : {}),
  };
}

/** What a session passes on to those that are made with it. */
function inheritedTags(caller: Principal): Record<string, string> {
  if (caller.type !== "AssumedRole") return {};
  const { tags = {}, transitiveTagKeys = [] } = caller.session;
  const passedOn = new Set(transitiveTagKeys.map(lower));
  return Object.fromEntries(Object.entries(tags).filter(([key]) => passedOn.has(lower(key))));
}

function lower(text: string): string {
  return text.toLowerCase();
}
